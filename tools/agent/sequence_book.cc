#include "agent/sequence_book.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "nlohmann/json.hpp"

namespace shelf::agent {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kFile = "book.json";
constexpr int kVersion = 1;
// Rows remembered as sent; enough for years of daily exports.
constexpr size_t kSentMax = 2000;

}  // namespace

absl::StatusOr<std::unique_ptr<SequenceBook>> SequenceBook::Open(const StateFolder& folder,
                                                                 int64_t now_ms) {
  auto book = std::unique_ptr<SequenceBook>(new SequenceBook(folder));
  absl::StatusOr<std::optional<std::string>> text = folder.Read(kFile);
  if (!text.ok()) return text.status();
  absl::Status status;
  if (text->has_value()) {
    status = book->Load(**text);
  } else {
    book->first_epoch_ = static_cast<uint64_t>(now_ms / 1000);
    status = book->Save();
  }
  if (!status.ok()) return status;
  return book;
}

absl::Status SequenceBook::StartEpoch(const std::string& source, int64_t now_ms) {
  RaiseEpoch(source, now_ms);
  if (open_run_ && open_run_->run.source != source) RaiseEpoch(open_run_->run.source, now_ms);
  open_run_.reset();
  return Save();
}

void SequenceBook::RaiseEpoch(const std::string& source, int64_t now_ms) {
  SourceBook& book = BookOf(source);
  book.epoch = std::max(book.epoch + 1, static_cast<uint64_t>(now_ms / 1000));
  for (auto& [store, next] : book.next) next = 1;
}

absl::StatusOr<int64_t> SequenceBook::Begin(const Run& run, bool again, int64_t now_ms) {
  const bool repeated = open_run_ && open_run_->run.fingerprint == run.fingerprint;
  if (open_run_ && !repeated) {
    return absl::FailedPreconditionError(
        absl::StrCat("this run was interrupted: ", open_run_->run.description,
                     "; repeat it with the same options, or give it up with --new-epoch"));
  }
  if (!repeated) {
    if (const SentRows* sent = FindSent(run); sent != nullptr && !again) {
      return absl::FailedPreconditionError(
          absl::StrCat("row ", std::max(sent->row_first, run.row_first),
                       " of this file and more were sent before; --again doubles them"));
    }
    open_run_ = OpenRun{run, now_ms};
    BookOf(run.source);
    if (absl::Status s = Save(); !s.ok()) return s;
  }
  open_source_ = &BookOf(run.source);
  taken_ = open_source_->next;
  return open_run_->begun_ms;
}

uint64_t SequenceBook::Take(std::string_view store) {
  SHELF_CHECK(open_source_ != nullptr, "no run is open");
  auto it = taken_.find(store);
  if (it == taken_.end()) it = taken_.emplace(store, 1).first;
  return it->second++;
}

uint64_t SequenceBook::Peek(std::string_view store) const {
  const auto it = taken_.find(store);
  return it == taken_.end() ? 1 : it->second;
}

std::vector<std::string> SequenceBook::StoresEverSent() const {
  std::vector<std::string> stores;
  for (const auto& [store, next] : open_source_->next) stores.push_back(store);
  return stores;
}

absl::Status SequenceBook::Finish() {
  SHELF_CHECK(open_source_ != nullptr, "no run is open");
  const Run& run = open_run_->run;
  open_source_->next = std::move(taken_);
  if (!run.once_key.empty()) NoteSent(run);
  open_run_.reset();
  open_source_ = nullptr;
  return Save();
}

void SequenceBook::NoteSent(const Run& run) {
  // A file that is sent piece by piece stays one entry.
  if (!sent_.empty() && sent_.back().once_key == run.once_key &&
      sent_.back().row_last == run.row_first - 1) {
    sent_.back().row_last = run.row_last;
    return;
  }
  sent_.push_back({run.once_key, run.row_first, run.row_last});
  if (sent_.size() > kSentMax) sent_.erase(sent_.begin());
}

SequenceBook::SourceBook& SequenceBook::BookOf(const std::string& source) {
  return sources_.try_emplace(source, SourceBook{.epoch = first_epoch_, .next = {}}).first->second;
}

const SequenceBook::SentRows* SequenceBook::FindSent(const Run& run) const {
  const auto overlaps = [&](const SentRows& sent) {
    return !run.once_key.empty() && sent.once_key == run.once_key &&
           sent.row_first <= run.row_last && run.row_first <= sent.row_last;
  };
  const auto it = std::find_if(sent_.begin(), sent_.end(), overlaps);
  return it == sent_.end() ? nullptr : &*it;
}

absl::Status SequenceBook::Load(const std::string& text) try {
  const Json json = Json::parse(text);
  if (json.at("version") != kVersion) {
    return absl::InternalError(absl::StrCat(folder_.PathOf(kFile), ": of another version"));
  }
  json.at("first_epoch").get_to(first_epoch_);
  for (const auto& [name, source] : json.at("sources").items()) {
    source.at("epoch").get_to(sources_[name].epoch);
    for (const auto& [store, next] : source.at("next").items()) {
      sources_[name].next.emplace(store, next.get<uint64_t>());
    }
  }
  for (const Json& sent : json.at("sent")) {
    sent_.push_back({sent.at("key"), sent.at("row_first"), sent.at("row_last")});
  }
  if (const auto run = json.find("open_run"); run != json.end()) {
    open_run_ = OpenRun{{.source = run->at("source"),
                         .fingerprint = run->at("fingerprint"),
                         .description = run->at("description"),
                         .once_key = run->at("once_key"),
                         .row_first = run->at("row_first"),
                         .row_last = run->at("row_last")},
                        run->at("begun_ms")};
  }
  return absl::OkStatus();
} catch (const Json::exception& error) {
  return absl::InternalError(absl::StrCat(folder_.PathOf(kFile), ": ", error.what()));
}

absl::Status SequenceBook::Save() const {
  Json json = {{"version", kVersion},
               {"first_epoch", first_epoch_},
               {"sources", Json::object()},
               {"sent", Json::array()}};
  for (const auto& [name, source] : sources_) {
    json["sources"][name] = {{"epoch", source.epoch}, {"next", source.next}};
  }
  for (const SentRows& sent : sent_) {
    json["sent"].push_back(
        {{"key", sent.once_key}, {"row_first", sent.row_first}, {"row_last", sent.row_last}});
  }
  if (open_run_) {
    const Run& run = open_run_->run;
    json["open_run"] = {{"source", run.source},           {"fingerprint", run.fingerprint},
                        {"description", run.description}, {"once_key", run.once_key},
                        {"row_first", run.row_first},     {"row_last", run.row_last},
                        {"begun_ms", open_run_->begun_ms}};
  }
  // Only the description, with a path in it, can be other than UTF-8.
  return folder_.Replace(kFile, json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace shelf::agent
