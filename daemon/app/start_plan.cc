#include "app/start_plan.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"

namespace shelf {
namespace {

constexpr char kAsksForLists[] =
    "goes on with what there is: every store of these partitions is asked for a full list, and "
    "nothing of it is sold until that has come";

int64_t NextOf(const LogPlace& place) { return place.next.value_or(0); }
bool BeginsAfter(const LogPlace& place) { return NextOf(place) < place.log.low; }
bool EndsBefore(const LogPlace& place) { return NextOf(place) > place.log.high; }

std::vector<LogPlace> Those(const std::vector<LogPlace>& places, bool (*is)(const LogPlace&)) {
  std::vector<LogPlace> found;
  std::copy_if(places.begin(), places.end(), std::back_inserter(found), is);
  return found;
}

std::string EachOf(const std::vector<LogPlace>& places, std::string (*words)(const LogPlace&)) {
  return absl::StrJoin(places, "; ", [&](std::string* out, const LogPlace& place) {
    absl::StrAppend(out, words(place));
  });
}

std::string Gone(const LogPlace& place) {
  return absl::StrCat("partition ", place.partition, " goes on at offset ", NextOf(place),
                      ", its log begins at ", place.log.low, ": ", place.log.low - NextOf(place),
                      " records are gone");
}

std::string Begin(const LogPlace& place) {
  return absl::StrCat("partition ", place.partition, " begins at ", place.log.low);
}

std::string InputEnd(const LogPlace& place) {
  return absl::StrCat("partition ", place.partition, " ends at offset ", place.log.high,
                      ", the state has read up to ", NextOf(place));
}

std::string OutputEnd(const LogPlace& place) {
  return absl::StrCat("topic ", place.topic, " partition ", place.partition, " ends at offset ",
                      place.log.high, ", the checkpoint has written up to ", NextOf(place),
                      ": the log was cut or made anew");
}

std::string Retention(const StartQuestion& question) {
  std::string words = "Retention removed them while shelfd was away";
  if (question.retention_ms.has_value()) {
    absl::StrAppend(&words, "; the topic keeps ",
                    absl::FormatDuration(absl::Milliseconds(*question.retention_ms)));
  }
  if (question.state_time_ms > 0) {
    absl::StrAppend(
        &words, "; the state is of ",
        absl::FormatTime("%Y-%m-%d %H:%M:%SZ", absl::FromUnixMillis(question.state_time_ms),
                         absl::UTCTimeZone()));
  }
  return words;
}

int64_t RecordsIn(const std::vector<LogPlace>& places) {
  int64_t sum = 0;
  for (const LogPlace& place : places) sum += place.log.high - place.log.low;
  return sum;
}

bool PublishedBefore(const StartQuestion& question) {
  return question.starts.high > 0 ||
         std::any_of(question.outputs.begin(), question.outputs.end(),
                     [](const LogPlace& output) { return output.log.high > 0; });
}

// The state is there, and the log does not reach back to it.
std::string CutRefusal(const StartQuestion& question, const std::vector<LogPlace>& cut) {
  return absl::StrCat("topic ", cut.front().topic,
                      " no longer holds what the state needs next: ", EachOf(cut, Gone), ". ",
                      Retention(question),
                      ". Restore a newer backup (`shelfd restore`), or run once with "
                      "--accept-loss, which ",
                      kAsksForLists);
}

// There is no state, and the log does not reach back to the beginning.
std::string LostRefusal(const StartQuestion& question, const std::vector<LogPlace>& cut) {
  const std::string found =
      PublishedBefore(question)
          ? absl::StrCat("there is no state in ", question.state_folder,
                         ", although shelfd has run here before (", question.starts.high,
                         " starts, ", RecordsIn(question.outputs),
                         " records of availability): is the disk lost, or state_dir another one? ")
          : absl::StrCat("there is no state in ", question.state_folder, ". ");
  return absl::StrCat(
      found, "Topic ", cut.front().topic,
      " cannot be replayed whole, since it no longer begins at offset 0: ", EachOf(cut, Begin),
      ". Restore a backup (`shelfd restore`), or run once with --accept-loss, "
      "which ",
      kAsksForLists);
}

std::string OtherLogRefusal(const std::vector<LogPlace>& ahead) {
  return absl::StrCat("topic ", ahead.front().topic,
                      " ends before what the state has read of it: ", EachOf(ahead, InputEnd),
                      ". Is `brokers` another cluster, or was the topic made anew? If it is the "
                      "right one and its records are gone for good, run once with --accept-loss, "
                      "which reads it from its beginning and ",
                      kAsksForLists);
}

std::string OutputRefusal(const std::vector<LogPlace>& ahead) {
  return absl::StrCat(EachOf(ahead, OutputEnd),
                      ". Is `brokers` another cluster? If it is the right one, run once with "
                      "--accept-loss, which says every key of these partitions again");
}

std::string ReferenceRefusal(const LogPlace& reference) {
  return absl::StrCat("topic ", reference.topic, " ends at offset ", reference.log.high,
                      ", the state has read up to ", NextOf(reference),
                      ": is `brokers` another cluster, or was the topic made anew? The state's "
                      "reference data does not fit it, and --accept-loss does not help: restore "
                      "the topic, or move the state folder away and start without one");
}

// A replay would find the stores' earlier events on other partitions than theirs is now, and their
// published keys stand on those too.
bool HasOtherPartitions(const StartQuestion& question) {
  return question.partitions_before.has_value() &&
         static_cast<size_t>(*question.partitions_before) != question.input.size();
}

std::string PartitionsRefusal(const StartQuestion& question) {
  return absl::StrCat("there is no state in ", question.state_folder, ", and topic ",
                      question.input.front().topic, " has ", question.input.size(),
                      " partitions, at the last start it had ", *question.partitions_before,
                      ": stores' earlier events and numbers are on other partitions than those to "
                      "come. Make new topics with the right count, and name them in the "
                      "configuration");
}

// What was removed after the state, and before the topic forgot even that, is not in its tail.
bool MissesRemovals(const StartQuestion& question) {
  return question.has_state && question.state_time_ms > 0 &&
         question.removals_kept_ms.has_value() &&
         question.now_ms - question.state_time_ms >= *question.removals_kept_ms;
}

void PlanReference(const StartQuestion& question, StartPlan& plan) {
  const LogPlace& place = question.reference;
  plan.reference_anew = MissesRemovals(question);
  plan.reference = plan.reference_anew ? place.log.low : std::max(NextOf(place), place.log.low);
  if (!plan.reference_anew) return;
  plan.notes.push_back(absl::StrCat(
      "the state is older than topic ", place.topic, " keeps removals (delete.retention.ms, ",
      absl::FormatDuration(absl::Milliseconds(*question.removals_kept_ms)),
      "): it is read from its beginning, and what is not in it is removed"));
}

struct Findings {
  explicit Findings(const StartQuestion& question)
      : cut(Those(question.input, BeginsAfter)),
        ahead(Those(question.input, EndsBefore)),
        outputs(Those(question.outputs, EndsBefore)),
        reference(EndsBefore(question.reference)) {}

  bool none() const { return cut.empty() && ahead.empty() && outputs.empty() && !reference; }

  std::vector<LogPlace> cut, ahead, outputs;
  bool reference;
};

std::vector<std::string> RefusalsOf(const StartQuestion& question, const Findings& findings) {
  std::vector<std::string> refusals;
  if (findings.reference) refusals.push_back(ReferenceRefusal(question.reference));
  if (HasOtherPartitions(question)) refusals.push_back(PartitionsRefusal(question));
  if (question.accept_loss) return refusals;
  if (!findings.cut.empty()) {
    refusals.push_back(question.has_state ? CutRefusal(question, findings.cut)
                                          : LostRefusal(question, findings.cut));
  }
  if (!findings.ahead.empty()) refusals.push_back(OtherLogRefusal(findings.ahead));
  if (!findings.outputs.empty()) refusals.push_back(OutputRefusal(findings.outputs));
  return refusals;
}

void NoteLoss(const StartQuestion& question, const Findings& findings, StartPlan& plan) {
  if (findings.none() && question.accept_loss) {
    plan.notes.emplace_back("--accept-loss changes nothing: nothing is lost");
  }
  if (!findings.cut.empty()) {
    plan.notes.push_back(absl::StrCat("loss accepted: ", EachOf(findings.cut, Gone), "; ",
                                      "every store there is asked for a full list"));
  }
  if (!findings.ahead.empty()) {
    plan.notes.push_back(absl::StrCat("loss accepted: ", EachOf(findings.ahead, InputEnd), "; ",
                                      "every store there is asked for a full list"));
  }
  if (!findings.outputs.empty()) {
    plan.notes.push_back(absl::StrCat("loss accepted: ", EachOf(findings.outputs, OutputEnd),
                                      "; all is said again"));
  }
}

void NoteReplay(const StartQuestion& question, const Findings& findings, StartPlan& plan) {
  if (question.has_state || !findings.cut.empty() || !PublishedBefore(question)) return;
  plan.notes.push_back(absl::StrCat(
      "there is no state in ", question.state_folder, ", although shelfd has run here before (",
      question.starts.high, " starts): topic ", question.input.front().topic,
      " is whole from offset 0 and is replayed, ", RecordsIn(question.input), " records"));
}

}  // namespace

absl::StatusOr<StartPlan> PlanStart(const StartQuestion& question) {
  const Findings findings(question);
  const std::vector<std::string> refusals = RefusalsOf(question, findings);
  if (!refusals.empty()) {
    return absl::FailedPreconditionError(absl::StrJoin(refusals, ". And "));
  }
  StartPlan plan;
  for (const LogPlace& place : question.input) {
    const bool lost = BeginsAfter(place) || EndsBefore(place);
    plan.input[place.partition] = lost ? place.log.low : NextOf(place);
    plan.input_ends[place.partition] = place.log.high;
    if (lost) plan.lost.push_back(place.partition);
  }
  PlanReference(question, plan);
  NoteLoss(question, findings, plan);
  NoteReplay(question, findings, plan);
  return plan;
}

}  // namespace shelf
