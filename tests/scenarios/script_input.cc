// A script's lines as the input of `shelfd pipe`.
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <map>
#include <sstream>
#include <utility>

#include "base/check.h"
#include "base/percent.h"
#include "scenarios/script.h"

namespace shelf {
namespace {

using Json = nlohmann::json;

constexpr int64_t kMondayMs = 1'793'577'600'000;
constexpr int64_t kTickStepMs = 10'000;

std::string Digits(int64_t number) { return std::to_string(number); }
// "3", "-1.25" -> thousandths.
std::string Milli(const std::string& units) {
  const size_t point = std::min(units.find('.'), units.size());
  std::string decimals = units.substr(std::min(point + 1, units.size()));
  decimals.resize(3, '0');
  return Digits(std::stoll(units.substr(0, point) + decimals));
}

// "name=value" -> {name, value}; without "=" the value is empty.
std::pair<std::string, std::string> Split(const std::string& word, char at = '=') {
  const size_t place = word.find(at);
  if (place == std::string::npos) return {word, ""};
  return {word.substr(0, place), word.substr(place + 1)};
}

// Writes the pipe's input, line by line.
class Writer {
 public:
  void Line(const std::string& line) {
    std::istringstream stream(line.substr(0, line.find('#')));
    words_.clear();
    for (std::string word; stream >> word;) words_.push_back(word);
    if (words_.empty()) return;
    if (words_[0] == "keep") {
      kept_as_ = words_.at(1);
      return;
    }
    const size_t before = out_.size();
    Do(line);
    if (kept_as_.empty()) return;
    kept_[std::exchange(kept_as_, {})] = out_.substr(before);
    out_.resize(before);
  }

  std::string Take() { return std::exchange(out_, {}); }

 private:
  void Do(const std::string& line) {
    const std::string& verb = words_[0];
    if (verb == "raw") {
      Put(line.substr(line.find("raw") + 4));
    } else if (verb == "deliver") {
      out_ += kept_.at(words_.at(1));
    } else if (verb == "again") {
      out_ += last_;
    } else if (verb == "skip") {
      ++sequences_[words_.at(1)];
    } else if (verb == "restart") {
      ++epochs_[words_.at(1)];
      sequences_[words_.at(1)] = 0;
    } else if (std::isdigit(static_cast<unsigned char>(verb[0])) != 0) {
      Timed();
    } else {
      Reference();
    }
  }

  void Put(const std::string& text) {
    last_ = text + "\n";
    out_ += last_;
  }

  void Put(const char* topic, const std::string& key, const Json& value) {
    Put(Json{{"topic", topic}, {"key", key}, {"value", value}}.dump());
  }

  void Reference() {
    const std::string& verb = words_[0];
    if (verb == "gone") return Put("reference", words_.at(1), nullptr);
    Json value;
    if (verb == "listing") {
      value = {{"store", words_.at(1)}, {"sku", words_.at(2)}};
      for (size_t i = 3; i < words_.size(); ++i) {
        const auto [name, text] = Split(words_[i]);
        if (name == "delisted") {
          value["delisted"] = true;
        } else {
          value["channels"].push_back(text);
        }
      }
      return Put("reference", JoinKey({verb, words_[1], words_[2]}), value);
    }
    SHELF_CHECK(verb == "store" || verb == "item" || verb == "stop", line_of_words().c_str());
    value[verb == "item" ? "sku" : verb == "stop" ? "id" : "store"] = words_.at(1);
    for (size_t i = 2; i < words_.size(); ++i) ReferenceWord(verb, words_[i], value);
    Put("reference", JoinKey({verb, words_[1]}), value);
  }

  static void ReferenceWord(const std::string& verb, const std::string& word, Json& value) {
    const auto [name, text] = Split(word);
    if (name == "closed" || name == "lifted") {
      value[name] = true;
    } else if (name == "count-hold") {
      value["countHold"] = true;
    } else if (name == "count-after-nil-pick") {
      value["countAfterNilPick"] = true;
    } else if (name == "blocked") {
      value["blockedChannels"].push_back(text);
    } else if (name.rfind("id:", 0) == 0) {
      value["channelIds"][name.substr(3)] = text;
    } else if (name == "step") {
      value["stepMilli"] = text;
    } else if (name == "until") {
      value["expiresAtMs"] = Digits(AtMs(text));
    } else if (name == "service") {
      const auto [method, minutes] = Split(text, ':');
      value["services"].push_back({{"method", method}});
      if (!minutes.empty()) value["services"].back()["readyInMinutes"] = std::stoi(minutes);
    } else if (name == "category") {
      std::istringstream levels(text);
      for (std::string level; std::getline(levels, level, '>');) value["category"].push_back(level);
    } else if (name == "group") {
      value["groups"].push_back(text);
    } else if (name == "zone") {
      value["timezone"] = text;
    } else if (verb == "store" && IsHours(name)) {
      AddHours(name, text, value);
    } else if (verb == "store" && name != "region") {
      const std::string role = text.substr(0, text.find('!'));
      std::string upper = "SOURCE_ROLE_";
      for (const char c : role) upper += static_cast<char>(std::toupper(c));
      value["sources"].push_back(
          {{"name", name}, {"role", upper}, {"required", text.back() == '!'}});
    } else {
      value[name] = text;
    }
  }

  static bool IsHours(const std::string& name) {
    return name == "open" || name == "special" || name.rfind("open:", 0) == 0;
  }

  // "08:00-20:00" of every day, of one weekday, or behind a date.
  static void AddHours(const std::string& name, const std::string& text, Json& value) {
    value.emplace("timezone", "UTC");
    if (name == "special") {
      const auto [date, hours] = Split(text, ':');
      Json special = hours == "closed" ? Json::object() : Hours(hours);
      special["date"] = date;
      value["specialDays"].push_back(special);
      return;
    }
    const int only = name == "open" ? 0 : std::stoi(name.substr(5));
    for (int day = 1; day <= 7; ++day) {
      if (only != 0 && only != day) continue;
      Json weekly = Hours(text);
      weekly["weekday"] = day;
      value["openingHours"].push_back(weekly);
    }
  }

  static Json Hours(const std::string& text) {
    const auto [opens, closes] = Split(text, '-');
    return {{"opensMinute", (AtMs(opens) - kMondayMs) / 60'000},
            {"closesMinute", (AtMs(closes) - kMondayMs) / 60'000}};
  }

  void Timed() {
    now_ms_ = AtMs(words_[0]);
    const std::string& verb = words_.at(1);
    if (verb == "tick") return Tick(now_ms_);
    if (verb == "ticks") {
      for (int64_t ms = now_ms_; ms <= AtMs(words_.at(2)); ms += kTickStepMs) Tick(ms);
      return;
    }
    if (verb == "release-list" || verb == "drop-list") return Decide();
    source_ = words_.at(2);
    if (verb == "list") return List();
    if (verb == "begin" || verb == "part" || verb == "end") return ListPart(verb, 4);
    Json event = Envelope();
    if (verb == "claim") {
      event["heartbeat"] = Json::object();
      event["completeThroughMs"] = Digits(now_ms_);
    } else {
      Body(verb, event);
    }
    PutEvent(event);
  }

  void Tick(int64_t ms) {
    Put("stock-events", "1", {{"source", "shelfd"}, {"tick", {{"timeMs", Digits(ms)}}}});
  }

  // An operator's word on a list that waits.
  void Decide() {
    const char* action = words_.at(1) == "drop-list" ? "ACTION_DROP" : "ACTION_RELEASE";
    PutEvent({{"store", words_.at(2)},
              {"source", "shelfd"},
              {"listDecision",
               {{"snapshotId", words_.at(3)}, {"action", action}, {"by", "the operator"}}}});
  }

  Json Envelope() {
    const auto [store, source] = Split(source_, '/');
    return {{"store", store},
            {"source", source},
            {"epoch", Digits(1 + epochs_[source_])},
            {"sequence", Digits(++sequences_[source_])},
            {"eventTimeMs", Digits(now_ms_)},
            {"sentTimeMs", Digits(now_ms_)}};
  }

  void PutEvent(const Json& event) { Put("stock-events", event["store"], event); }

  // The parts of a list in one line of script; it is named by its time.
  void List() {
    words_.insert(words_.begin() + 3, words_[0]);
    for (const char* part : {"begin", "part", "end"}) ListPart(part, 4);
  }

  // words_: TIME verb SOURCE ID, then what the part says, from `first` on.
  void ListPart(const std::string& part, size_t first) {
    Json event = Envelope();
    Json body = {{"snapshotId", words_.at(3)}};
    Json lines = Json::array();
    std::string through = Digits(now_ms_);
    std::string line_count;
    for (size_t i = first; i < words_.size(); ++i) {
      const auto [name, text] = Split(words_[i]);
      if (name == "through") {
        through = text == "none" ? "0" : Digits(AtMs(text));
      } else if (name == "lines") {
        line_count = text;
      } else {
        lines.push_back({{"sku", name}, {"quantityMilli", Milli(text)}});
      }
    }
    event["completeThroughMs"] = through;
    if (part == "part") body["lines"] = lines;
    if (part == "end") {
      body["lineCount"] = line_count.empty() ? Digits(int64_t(lines.size())) : line_count;
    }
    event[part == "begin"  ? "snapshotBegin"
          : part == "part" ? "snapshotChunk"
                           : "snapshotEnd"] = body;
    PutEvent(event);
  }

  void Body(const std::string& verb, Json& event) {
    static const std::map<std::string, std::string> kReasons = {
        {"sale", "REASON_SALE"},
        {"return", "REASON_RETURN"},
        {"receipt", "REASON_RECEIPT"},
        {"adjustment", "REASON_ADJUSTMENT"},
        {"to-shelf", "REASON_SHELF_REPLENISHMENT"}};
    const bool named = verb == "reserve" || verb == "release" || verb == "expect";
    Json body = Json::object();
    if (named) body[verb == "expect" ? "document" : "reservationId"] = words_.at(3);
    for (size_t i = named ? 4 : 3; i < words_.size(); ++i) BodyWord(verb, words_[i], event, body);
    if (verb == "pick") {
      event["pickResults"] = body;
    } else if (verb == "count" || verb == "shelf-count") {
      event["counts"] = body;
    } else if (named) {
      event[verb == "expect" ? "expectedReceipts" : verb] = body;
    } else {
      SHELF_CHECK(kReasons.count(verb) == 1, line_of_words().c_str());
      body["reason"] = kReasons.at(verb);
      event["deltas"] = body;
    }
  }

  // One word of a document after its source and name.
  static void BodyWord(const std::string& verb, const std::string& word, Json& event, Json& body) {
    static const std::map<std::string, std::string> kNames = {{"settles", "settlesReservation"},
                                                              {"closes", "settlesExpected"},
                                                              {"for", "reservationId"},
                                                              {"channel", "channel"}};
    static const std::map<std::string, std::string> kTimes = {{"until", "expiresAtMs"},
                                                              {"due", "dueMs"}};
    const auto [name, text] = Split(word);
    if (name == "through") {
      event["completeThroughMs"] = Digits(AtMs(text));
    } else if (word == "part") {
      body["settlesInPart"] = true;
    } else if (const auto plain = kNames.find(name); plain != kNames.end()) {
      body[plain->second] = text;
    } else if (const auto time = kTimes.find(name); time != kTimes.end()) {
      body[time->second] = Digits(AtMs(text));
    } else {
      body["lines"].push_back(BodyLine(verb, name, text));
    }
  }

  static Json BodyLine(const std::string& verb, const std::string& sku, const std::string& text) {
    if (verb == "pick") {
      const auto [found, requested] = Split(text, '/');
      return {{"sku", sku}, {"foundMilli", Milli(found)}, {"requestedMilli", Milli(requested)}};
    }
    Json line = {{"sku", sku}, {"quantityMilli", Milli((verb == "sale" ? "-" : "") + text)}};
    if (verb == "shelf-count") line["shelfOnly"] = true;
    return line;
  }

  std::string line_of_words() const {
    std::string line = "script line not understood:";
    for (const std::string& word : words_) line += " " + word;
    return line;
  }

  std::string out_, last_;
  std::string kept_as_;                      // where the next line's documents go; empty: out
  std::map<std::string, std::string> kept_;  // documents on their way
  std::vector<std::string> words_;
  std::string source_;  // "store/source"
  int64_t now_ms_ = 0;
  std::map<std::string, int64_t> sequences_;
  std::map<std::string, int64_t> epochs_;  // less 1
};

}  // namespace

std::string TimeText(int64_t ms) {
  const int64_t s = (ms - kMondayMs) / 1000;
  char text[32];
  std::snprintf(text, sizeof text, "%02d:%02d:%02d", static_cast<int>(s / 3600),
                static_cast<int>(s / 60 % 60), static_cast<int>(s % 60));
  return text;
}

int64_t AtMs(std::string_view time) {
  int hours = 0, minutes = 0, seconds = 0;
  const int read = std::sscanf(std::string(time).c_str(), "%d:%d:%d", &hours, &minutes, &seconds);
  SHELF_CHECK(read >= 2, "a time is HH:MM or HH:MM:SS");
  return kMondayMs + ((hours * 60LL + minutes) * 60 + seconds) * 1000;
}

std::string InputOf(std::string_view script) {
  Writer writer;
  std::istringstream stream{std::string(script)};
  for (std::string line; std::getline(stream, line);) writer.Line(line);
  return writer.Take();
}

Lines InputByLine(const Lines& script) {
  Writer writer;
  Lines input;
  for (const std::string& line : script) {
    writer.Line(line);
    input.push_back(writer.Take());
  }
  return input;
}

}  // namespace shelf
