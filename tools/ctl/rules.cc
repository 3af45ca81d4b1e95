#include "ctl/rules.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "app/load.h"
#include "ctl/answer.h"
#include "ctl/table.h"

namespace shelf::ctl {
namespace {

constexpr std::chrono::milliseconds kPollPause{200};
constexpr std::chrono::minutes kApplyMax{10};
constexpr size_t kShortHash = 12;

std::string Short(const Json& hash) {
  return hash.is_string() ? hash.get<std::string>().substr(0, kShortHash) : "-";
}

bool IsUnderWay(const Json& proposal) {
  const std::string phase = proposal.at("phase");
  return phase == "waiting" || phase == "counting" || phase == "saving";
}

// Messages as path:line:column, as a compiler says them.
void ShowMessages(const Json& proposal, std::ostream& out) {
  for (const Json& message : proposal.at("messages")) {
    out << Text(proposal.at("source")) << ':' << Text(message.at("line")) << ':'
        << Text(message.at("column")) << ": "
        << (message.at("warning").get<bool>() ? "warning: " : "error: ") << Text(message.at("text"))
        << '\n';
  }
}

void ShowProposal(const Json& proposal, std::ostream& out) {
  ShowMessages(proposal, out);
  out << "rules ";
  if (!proposal.at("rule_set").is_null()) out << Short(proposal.at("rule_set")) << ' ';
  out << "from " << Text(proposal.at("source")) << ", by " << Text(proposal.at("by")) << ": ";
  const bool counts = proposal.contains("in_force") && proposal.at("phase") == "taken";
  if (counts && proposal.at("in_force") == proposal.at("partitions")) {
    out << "in force in all " << Text(proposal.at("partitions")) << " partitions\n";
  } else if (counts) {
    out << "taken, in force in " << Text(proposal.at("in_force")) << " of "
        << Text(proposal.at("partitions")) << " partitions; see shelfctl rules show\n";
  } else {
    out << Text(proposal.at("words")) << '\n';
  }
}

int ExitCodeOf(const Json& proposal) {
  const std::string phase = proposal.at("phase");
  if (phase == "refused") return kExitUsage;
  return phase == "braked" || phase == "replaced" ? kExitNotAsPlanned : kExitOk;
}

bool SameButNumber(Json a, Json b) {
  a.erase("partition");
  b.erase("partition");
  return a == b;
}

// Neighbours of which the same is to be said share a row: "0-31".
void ShowPartitions(const Json& partitions, std::ostream& out) {
  Table table({{"PARTITIONS"}, {"RULES"}, {"SINCE"}, {"STORES TO SWEEP", true}, {"LIVE"}});
  for (size_t first = 0, next = 0; first < partitions.size(); first = next) {
    const Json& one = partitions[first];
    for (next = first + 1; next < partitions.size(); ++next) {
      if (!SameButNumber(one, partitions[next])) break;
    }
    std::string numbers = Text(one.at("partition"));
    if (next - first > 1) {
      absl::StrAppend(&numbers, "-", Text(partitions[next - 1].at("partition")));
    }
    table.Add({numbers, Short(one.at("rule_set")), Time(one.at("since_ms")),
               Text(one.at("sweep_stores")), YesNo(one.at("live"))});
  }
  table.Write(out);
}

void ShowState(const Json& rules, std::ostream& out) {
  const Json& newest = rules.at("newest");
  if (!newest.is_null()) {
    out << "rules " << Text(newest.at("rule_set")) << "\nfrom  " << Text(newest.at("source"))
        << ", by " << Text(newest.at("by")) << "\nsince " << Time(newest.at("in_force_ms"))
        << "\n\n";
  }
  ShowPartitions(rules.at("partitions"), out);
  if (rules.at("proposal").at("phase") == "none") return;
  out << "\nproposed last: ";
  ShowProposal(rules.at("proposal"), out);
}

void ShowHistory(const Json& history, std::ostream& out) {
  Table table({{"RULES"}, {"TAKEN"}, {"IN FORCE FROM"}, {"IN PARTITIONS", true}, {"BY"}, {"FROM"}});
  for (const Json& record : history) {
    table.Add({Short(record.at("rule_set")), Time(record.at("taken_ms")),
               Time(record.at("in_force_ms")), Text(record.at("in_force")), Text(record.at("by")),
               Text(record.at("source"))});
  }
  table.Write(out);
}

void ShowText(const Json& record, std::ostream& out) {
  out << record.at("text").get<std::string>();
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  absl::StatusOr<std::string> text = ReadTextFile(path);
  if (!text.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", text.status().message()));
  }
  if (text->empty()) return absl::InvalidArgumentError(absl::StrCat(path, ": the file is empty"));
  return text;
}

// The proposal of that number as it is now; null: it ended too long ago.
const Json* FindProposal(const Json& rules, const Json& number) {
  if (rules.at("proposal").at("proposal") == number) return &rules.at("proposal");
  const Json& ended = rules.at("ended");
  const auto found = std::find_if(ended.begin(), ended.end(), [&](const Json& proposal) {
    return proposal.at("proposal") == number;
  });
  return found == ended.end() ? nullptr : &*found;
}

// Asks until what was proposed has ended, or is in force everywhere.
absl::StatusOr<Json> Await(const AdminClient& client, Json proposal) {
  const auto deadline = std::chrono::steady_clock::now() + kApplyMax;
  const auto waits = [&proposal] {
    return IsUnderWay(proposal) || (proposal.at("phase") == "taken" &&
                                    proposal.at("in_force") != proposal.at("partitions"));
  };
  while (waits() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kPollPause);
    absl::StatusOr<Json> state = client.Get("/v1/rules");
    if (!state.ok()) return state;
    const Json* const found = FindProposal(*state, proposal.at("proposal"));
    if (found == nullptr) return proposal;
    Json now = *found;
    // A later one may be on its way over it already.
    const bool is_newest = found == &state->at("proposal");
    size_t in_force = 0;
    for (const Json& partition : state->at("partitions")) {
      in_force += partition.at("rule_set") == now.at("rule_set") ? 1 : 0;
    }
    now["partitions"] = state->at("partitions").size();
    now["in_force"] = in_force;
    proposal = std::move(now);
    if (!is_newest && proposal.at("phase") == "taken") return proposal;
  }
  return proposal;
}

int Apply(const Common& common, const RulesOptions& options, std::ostream& out, std::ostream& err) {
  const AdminClient client(common.admin);
  std::string target =
      absl::StrCat("/v1/rules?by=", Encoded(options.by.empty() ? UserName() : options.by));
  if (options.force) absl::StrAppend(&target, "&force=1");
  std::string text;
  if (!options.file.empty()) {
    absl::StatusOr<std::string> read = ReadFile(options.file);
    if (!read.ok()) return Fail(read.status(), err);
    text = *std::move(read);
    const std::string path = std::filesystem::absolute(options.file).lexically_normal().string();
    absl::StrAppend(&target, "&source=", Encoded(path));
  }
  absl::StatusOr<Json> answer = client.Post(target, text);
  try {
    if (answer.ok()) answer = Await(client, *answer);
    const int shown = ShowAnswer(common, answer, ShowProposal, out, err);
    return shown == kExitOk ? ExitCodeOf(*answer) : shown;
  } catch (const Json::exception& error) {
    return Fail(absl::InternalError(
                    absl::StrCat("the daemon answered in another form (", error.what(), ")")),
                err);
  }
}

}  // namespace

int Rules(const Common& common, const RulesOptions& options, std::ostream& out, std::ostream& err) {
  if (options.action == "apply") return Apply(common, options, out, err);
  const AdminClient client(common.admin);
  if (options.action == "history") {
    return ShowAnswer(common, client.Get("/v1/rules/history"), ShowHistory, out, err);
  }
  if (options.action == "text") {
    return ShowAnswer(common, client.Get("/v1/rules/" + Encoded(options.hash)), ShowText, out, err);
  }
  return ShowAnswer(common, client.Get("/v1/rules"), ShowState, out, err);
}

}  // namespace shelf::ctl
