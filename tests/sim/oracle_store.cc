#include "sim/oracle_store.h"

#include <algorithm>
#include <limits>

#include "shelf/v1/stock_event.pb.h"

namespace shelf::sim::oracle {
namespace {

constexpr int64_t kAheadMs = 5 * 60'000;
constexpr size_t kNameBytes = 128;

// The latest time that a document can rightly bear.
int64_t Latest(const Moment& moment) {
  if (!moment.known) return std::numeric_limits<int64_t>::max();
  return std::max(moment.now_ms, moment.recorded_ms) + kAheadMs;
}

int64_t NewestTime(const Document& document) {
  return std::max(document.time_ms, document.claim_ms);
}

bool IsList(What what) {
  return what == What::kListBegin || what == What::kListPart || what == What::kListEnd;
}

// What a list is complete through; its own time where it promises nothing.
int64_t ListTime(const Document& document) {
  return document.claim_ms > 0 ? document.claim_ms : document.time_ms;
}

bool ShowsGoods(int reason) {
  return reason == v1::REASON_SALE || reason == v1::REASON_RECEIPT ||
         reason == v1::REASON_TRANSFER_IN || reason == v1::REASON_SHELF_REPLENISHMENT;
}

Place PlaceOf(const Document& document) {
  return {.source = document.source,
          .epoch = document.epoch,
          .sequence = document.sequence,
          .time_ms = document.time_ms};
}

Role RoleDeclared(const v1::Source& source) {
  switch (source.role()) {
    case v1::SOURCE_ROLE_BOOK:
      return Role::kBook;
    case v1::SOURCE_ROLE_EARLY:
      return Role::kEarly;
    case v1::SOURCE_ROLE_EVIDENCE:
      return Role::kEvidence;
    default:
      return RoleByName(source.name());
  }
}

Fate Rejected(std::string reason, std::vector<std::string> lines) {
  return {.kind = FateKind::kRejected, .reason = std::move(reason), .lines = std::move(lines)};
}

}  // namespace

Role StoreLife::RoleOf(const std::string& source) const {
  bool has_book = false;
  for (const v1::Source& declared : record_.sources()) {
    if (declared.name() == source) return RoleDeclared(declared);
    has_book = has_book || RoleDeclared(declared) == Role::kBook;
  }
  const Role by_name = RoleByName(source);
  return has_book && by_name == Role::kBook ? Role::kEvidence : by_name;
}

Source& StoreLife::SourceNamed(const std::string& name) {
  const auto [at, is_new] = sources_.try_emplace(name);
  if (is_new) at->second.role = RoleOf(name);
  return at->second;
}

void StoreLife::Declare(const v1::Store* record, const Moment& moment) {
  record_ = record != nullptr ? *record : v1::Store();
  for (const v1::Source& declared : record_.sources()) SourceNamed(declared.name());
  for (auto& [name, source] : sources_) {
    source.role = RoleOf(name);
    source.required = false;
    for (const v1::Source& declared : record_.sources()) {
      if (declared.name() == name) {
        source.required = declared.required() && source.role == Role::kEarly;
      }
    }
  }
  Conclude(moment);
}

Fate StoreLife::Take(const Document& document, const Moment& moment) {
  Source& source = SourceNamed(document.source);
  switch (source.Arrive(document.epoch, document.sequence)) {
    case Arrival::kDuplicate:
      return {.kind = FateKind::kDuplicate, .reason = "", .lines = {}};
    case Arrival::kOldEpoch:
      return Rejected("old_epoch", document.bad_lines);
    case Arrival::kTooManyGaps:
      return Rejected("too_many_gaps", document.bad_lines);
    case Arrival::kNew:
      break;
  }
  // What came of a list of the old epoch is the end of it.
  if (source.began_anew() && source.role == Role::kBook) list_.reset();
  std::string refusal = document.refusal;
  std::vector<std::string> bad = document.bad_lines;
  if (refusal.empty() && NewestTime(document) > Latest(moment)) refusal = "future_time";
  if (refusal.empty()) refusal = Apply(document, source, moment, bad);
  if (refusal.empty() && document.claim_ms > 0 && !IsList(document.what)) {
    source.Promise(document.sequence, document.claim_ms);
  }
  if (source.began_anew()) source.starts_over = source.role != Role::kEvidence;
  if (source.role == Role::kEarly && (source.showed_gap() || source.began_anew())) {
    source.missing_until_ms =
        std::max(source.missing_until_ms, std::min(NewestTime(document), Latest(moment)));
  }
  Conclude(moment);
  if (!refusal.empty()) return Rejected(refusal, bad);
  return {.kind = FateKind::kApplied, .reason = "", .lines = bad};
}

std::string StoreLife::Apply(const Document& document, Source& source, const Moment& moment,
                             BadLines& bad) {
  switch (document.what) {
    case What::kMoves:
      TakeMoves(document, source, moment, bad);
      return "";
    case What::kCounts:
      TakeCounts(document, bad);
      return "";
    case What::kPicks:
      TakePicks(document);
      return "";
    case What::kListBegin:
    case What::kListPart:
    case What::kListEnd:
      return TakeList(document, source, bad);
    case What::kReserve:
      Reserve(document);
      return "";
    case What::kRelease:
      orders_.Close(document.name, PlaceOf(document), moment.now_ms);
      return "";
    case What::kExpected:
      for (const Line& line : document.lines) positions_[line.sku];
      return "";
    case What::kHeartbeat:
    case What::kNothing:
      return "";
  }
  return "";
}

void StoreLife::TakeMoves(const Document& document, const Source& source, const Moment& moment,
                          BadLines& bad) {
  Quantities taken;
  for (const Line& line : document.lines) {
    if (!TakeMove(line, document, source)) {
      bad.emplace_back("quantity_overflow");
    } else if (line.milli < 0) {
      taken[line.sku] -= line.milli;
    }
  }
  if (document.settles.empty() || document.settles.size() > kNameBytes) return;
  if (document.settles_in_part) {
    orders_.SettlePart(document.settles, PlaceOf(document), taken, moment.now_ms);
  } else {
    orders_.Close(document.settles, PlaceOf(document), moment.now_ms);
  }
}

bool StoreLife::TakeMove(const Line& line, const Document& document, const Source& source) {
  Stock& stock = positions_[line.sku];
  const bool moves_stock =
      line.reason != v1::REASON_SHELF_REPLENISHMENT && source.role != Role::kEvidence;
  // What an early source tells after the book has it never counts.
  const bool is_told = source.role == Role::kEarly && document.time_ms <= tb_ms_;
  if (moves_stock && !is_told) {
    const Movement movement{.time_ms = document.time_ms,
                            .milli = line.milli,
                            .source = document.source,
                            .role = source.role,
                            .epoch = document.epoch,
                            .sequence = document.sequence,
                            .shows_goods = ShowsGoods(line.reason),
                            .forgotten = false};
    if (!stock.Move(movement, tb_ms_)) return false;
    kept_.emplace_back(line.sku, stock.movements().size() - 1);
  }
  if (ShowsGoods(line.reason)) stock.NoteSeen(document.time_ms);
  return true;
}

void StoreLife::TakeCounts(const Document& document, BadLines& bad) {
  for (const Line& line : document.lines) {
    if (!line.shelf_only && document.time_ms <= forgotten_ms_) {
      bad.emplace_back("count_beyond_history");
      continue;
    }
    Stock& stock = positions_[line.sku];
    if (!line.shelf_only || line.milli > 0) stock.NoteSeen(document.time_ms);
    if (line.shelf_only) continue;
    const Statement counted{.kind = Statement::Kind::kCount,
                            .milli = line.milli,
                            .time_ms = document.time_ms,
                            .source = document.source,
                            .epoch = document.epoch,
                            .sequence = document.sequence};
    if (!stock.State(counted, tb_ms_)) bad.emplace_back("quantity_overflow");
  }
}

// To find a part is to find, and then to miss the rest.
void StoreLife::TakePicks(const Document& document) {
  for (const Line& line : document.lines) {
    Stock& stock = positions_[line.sku];
    if (line.found_milli > 0) stock.NoteSeen(document.time_ms);
    if (line.found_milli < line.milli) stock.NoteMissed(document.time_ms);
  }
}

void StoreLife::Reserve(const Document& document) {
  Quantities lines;
  for (const Line& line : document.lines) {
    positions_[line.sku];
    if (line.milli > 0) lines[line.sku] += line.milli;
  }
  orders_.Reserve(document.name, PlaceOf(document), document.channel, document.expires_ms,
                  std::move(lines));
}

const Document* StoreLife::List::Last(What what) const {
  const auto last = std::find_if(parts.rbegin(), parts.rend(),
                                 [what](const Document& part) { return part.what == what; });
  return last == parts.rend() ? nullptr : &*last;
}

uint64_t StoreLife::List::newest() const {
  uint64_t newest = 0;
  for (const Document& part : parts) newest = std::max(newest, part.sequence);
  return newest;
}

// A line without a name stands for no position, and a line with a bad quantity is missing.
uint64_t StoreLife::List::lines() const {
  uint64_t lines = 0;
  for (const Document& part : parts) lines += part.lines.size() + part.nameless;
  return lines;
}

std::set<std::string> StoreLife::List::mentioned() const {
  std::set<std::string> skus;
  for (const Document& part : parts) {
    for (const Line& line : part.lines) skus.insert(line.sku);
  }
  return skus;
}

bool StoreLife::List::IsWhole() const {
  const Document* const end = Last(What::kListEnd);
  return end != nullptr && Last(What::kListBegin) != nullptr && lines() == end->line_count;
}

// A newer list takes the place of one that has not ended; what comes late of an older one holds by
// itself. A begin under the name of a list that began already is a newer list's.
bool StoreLife::IsOfListInHand(const Document& document) {
  if (list_) {
    const bool is_newer = document.sequence > list_->newest();
    const bool begins_again =
        document.what == What::kListBegin && is_newer && list_->Last(What::kListBegin) != nullptr;
    if (list_->parts.front().name == document.name && !begins_again) return true;
    if (!is_newer) return false;
  }
  list_.emplace();
  return true;
}

std::string StoreLife::TakeList(const Document& document, Source& source, BadLines& bad) {
  if (source.role != Role::kBook) return "unsupported_body";
  const bool in_hand = IsOfListInHand(document);
  for (const Line& line : document.lines) {
    const Statement listed{.kind = Statement::Kind::kList,
                           .milli = line.milli,
                           .time_ms = ListTime(document),
                           .source = document.source,
                           .epoch = document.epoch,
                           .sequence = document.sequence};
    if (!positions_[line.sku].State(listed, tb_ms_)) bad.emplace_back("quantity_overflow");
  }
  if (!in_hand) return "";
  list_->parts.push_back(document);
  if (list_->IsWhole()) {
    EndList(source);
  } else if (document.what == What::kListEnd && !source.HasGap()) {
    return "snapshot_mismatch";
  }
  return "";
}

// What the whole list left out is zero at its time and has the end's place in the book's order.
// Movements between begin and end that happened after that time stay on top, as far as they are
// known by now. What is missing before the begin does not matter any more.
void StoreLife::EndList(Source& source) {
  const Document begin = *list_->Last(What::kListBegin);
  const Document end = *list_->Last(What::kListEnd);
  const std::set<std::string> mentioned = list_->mentioned();
  for (auto& [sku, stock] : positions_) {
    if (mentioned.contains(sku)) continue;
    Statement absent{.kind = Statement::Kind::kList,
                     .milli = 0,
                     .time_ms = ListTime(end),
                     .source = end.source,
                     .epoch = end.epoch,
                     .sequence = end.sequence};
    for (const Movement& movement : stock.movements()) {
      const bool is_between = movement.source == end.source && movement.epoch == end.epoch &&
                              movement.sequence > begin.sequence &&
                              movement.sequence < end.sequence;
      if (is_between && movement.time_ms > absent.time_ms) {
        absent.on_top.push_back(movement.sequence);
      }
    }
    stock.State(absent, tb_ms_);
  }
  source.Forgive(begin.sequence);
  source.starts_over = false;
  if (end.claim_ms > 0) source.Promise(end.sequence, end.claim_ms);
  list_.reset();
}

// What follows for the store as a whole: how far its book is complete, which early sources are made
// up for by that, and how far its sales are known.
void StoreLife::Conclude(const Moment& moment) {
  for (auto& [name, source] : sources_) {
    if (source.starts_over) continue;
    source.complete_through_ms = std::max(source.complete_through_ms, source.Promised());
  }
  for (const auto& [name, source] : sources_) {
    if (source.role == Role::kBook) tb_ms_ = std::max(tb_ms_, source.complete_through_ms);
  }
  bool is_required = false;
  int64_t least_ms = std::numeric_limits<int64_t>::max();
  for (auto& [name, source] : sources_) {
    if (source.role != Role::kEarly) continue;
    const bool lacks = source.starts_over || source.HasGap();
    if (lacks && tb_ms_ >= source.missing_until_ms) {
      source.starts_over = false;
      source.ForgiveAll();
      source.complete_through_ms = std::max(source.complete_through_ms, source.Promised());
    }
    if (!source.required) continue;
    is_required = true;
    least_ms = std::min(least_ms, source.complete_through_ms);
  }
  const int64_t known_ms = is_required ? std::max(tb_ms_, least_ms) : tb_ms_;
  if (known_ms <= watermark_ms_) return;
  watermark_ms_ = known_ms;
  orders_.Forget(moment.now_ms);
}

void StoreLife::PassTime(int64_t now_ms, int64_t keep_ms) {
  for (; kept_from_ < kept_.size(); ++kept_from_) {
    const auto& [sku, place] = kept_[kept_from_];
    Movement& movement = positions_.at(sku).movements()[place];
    if (movement.time_ms >= now_ms - keep_ms) break;
    movement.forgotten = true;
    forgotten_ms_ = std::max(forgotten_ms_, movement.time_ms);
  }
  orders_.Forget(now_ms);
}

bool StoreLife::Frozen() const {
  return std::any_of(sources_.begin(), sources_.end(), [](const auto& entry) {
    const Source& source = entry.second;
    const bool matters = source.role == Role::kBook || source.required;
    return matters && (source.starts_over || source.HasGap());
  });
}

}  // namespace shelf::sim::oracle
