// The life of one store: what its documents do to its positions, its orders and to how far its
// sales are known.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "shelf/v1/reference.pb.h"
#include "sim/oracle.h"
#include "sim/oracle_documents.h"
#include "sim/oracle_orders.h"
#include "sim/oracle_sources.h"
#include "sim/oracle_stock.h"

namespace shelf::sim::oracle {

// When a document is handled.
struct Moment {
  bool known = false;       // a tick has come
  int64_t now_ms = 0;       // of the partition; 0 while it is not known
  int64_t recorded_ms = 0;  // the record's own timestamp
};

class StoreLife {
 public:
  // Which sources it has and what they are; null: there is no record of it.
  void Declare(const v1::Store* record, const Moment& moment);
  Fate Take(const Document& document, const Moment& moment);
  // A tick: what is older than `keep_ms` is forgotten.
  void PassTime(int64_t now_ms, int64_t keep_ms);

  const std::map<std::string, Stock>& positions() const { return positions_; }
  const Orders& orders() const { return orders_; }
  int64_t OnHand(const std::string& sku) const { return positions_.at(sku).OnHand(tb_ms_); }
  int64_t tb_ms() const { return tb_ms_; }
  int64_t watermark_ms() const { return watermark_ms_; }
  bool Frozen() const;

 private:
  // Of a list that has not ended: every document of it that came.
  struct List {
    std::vector<Document> parts;
    const Document* Last(What what) const;
    uint64_t newest() const;
    uint64_t lines() const;
    std::set<std::string> mentioned() const;
    bool IsWhole() const;
  };
  using BadLines = std::vector<std::string>;

  Source& SourceNamed(const std::string& name);
  Role RoleOf(const std::string& source) const;
  std::string Apply(const Document& document, Source& source, const Moment& moment, BadLines& bad);
  void TakeMoves(const Document& document, const Source& source, const Moment& moment,
                 BadLines& bad);
  bool TakeMove(const Line& line, const Document& document, const Source& source);
  void TakeCounts(const Document& document, BadLines& bad);
  void TakePicks(const Document& document);
  std::string TakeList(const Document& document, Source& source, BadLines& bad);
  bool IsOfListInHand(const Document& document);
  void EndList(Source& source);
  void Reserve(const Document& document);
  void Conclude(const Moment& moment);

  v1::Store record_;
  std::map<std::string, Source> sources_;
  std::map<std::string, Stock> positions_;
  Orders orders_;
  std::optional<List> list_;
  // Movements in order of arrival, by SKU and place there; those before kept_from_ are forgotten.
  std::vector<std::pair<std::string, size_t>> kept_;
  size_t kept_from_ = 0;
  int64_t forgotten_ms_ = 0;  // the newest time of a forgotten one
  int64_t tb_ms_ = 0;
  int64_t watermark_ms_ = 0;
};

}  // namespace shelf::sim::oracle
