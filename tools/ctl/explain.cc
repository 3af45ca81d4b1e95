#include "ctl/explain.h"

#include "absl/strings/str_cat.h"
#include "ctl/admin_client.h"
#include "ctl/amounts.h"
#include "ctl/answer.h"
#include "ctl/explain_words.h"
#include "ctl/numbers.h"

namespace shelf::ctl {
namespace {

// What is known of the goods and the rules all over the text.
class Explainer {
 public:
  Explainer(const Json& explanation, std::ostream& out)
      : all_(explanation),
        position_(explanation.at("position")),
        unit_(position_.at("unit_of_measure")),
        file_(explanation.contains("rules") ? explanation.at("rules").value("file", Json())
                                            : Json()),
        out_(out) {}

  void Run() {
    Answer();
    Stops();
    Evidence();
    Way();
    Changes();
    Published();
    Rules();
  }

 private:
  std::string Sold(const Json& steps) const {
    return AmountOfSteps(steps, position_.at("step_milli"), unit_);
  }
  std::string Milli(const Json& milli) const { return Amount(milli, unit_); }

  void Answer() {
    out_ << Text(all_.at("channel")) << " may sell " << Sold(all_.at("sellable")) << " of SKU "
         << Text(position_.at("sku"));
    if (!position_.at("name").is_null() && !Text(position_.at("name")).empty()) {
      out_ << " (" << Text(position_.at("name")) << ')';
    }
    out_ << " in store " << Text(position_.at("store"));
    if (!all_.at("ineligible").is_null()) {
      out_ << ": " << WhyIneligible(Text(all_.at("ineligible")));
    } else if (all_.at("base_milli") == 0) {
      out_ << (all_.at("facts").at("on_hand_milli").get<int64_t>() > 0 ? ": all of it is reserved"
                                                                       : ": there is none on hand");
    }
    out_ << ".\n";
  }

  // How much more is reserved than is on hand, which may be below nothing itself.
  int64_t Missing() const {
    const Json& facts = all_.at("facts");
    return facts.at("reserved_milli").get<int64_t>() - facts.at("on_hand_milli").get<int64_t>();
  }

  void Stops() {
    for (const Json& stop : all_.at("stops")) {
      out_ << "\nStop-sale " << Text(stop.at("id"));
      if (!stop.at("by").is_null()) out_ << " by " << Text(stop.at("by"));
      out_ << (stop.at("expires_ms").is_null() ? std::string(", until it is lifted")
                                               : ", until " + Time(stop.at("expires_ms")));
      if (!stop.at("reason").is_null()) out_ << ": " << Text(stop.at("reason"));
      out_ << '\n';
    }
  }

  void Evidence() {
    out_ << "\nWhat is known\n";
    OnHand();
    Orders();
    const Json& nil_pick = position_.at("nil_pick_ms");
    if (!nil_pick.is_null()) {
      out_ << "  A picker found nothing at " << Time(nil_pick)
           << ", and nothing since refutes it.\n";
    }
    Sales();
    Lag();
  }

  void OnHand() {
    const Json& evidence = position_.at("evidence");
    out_ << "  On hand: " << Milli(position_.at("on_hand_milli")) << ". " << AnchorWords()
         << SinceWords() << '\n';
    const Json& corrected = evidence.at("held_correction_milli");
    if (!corrected.is_null()) {
      out_ << "  In it are " << Milli(corrected)
           << " that a count corrected and the book has not taken over.\n";
    }
    for (const Json& movement : evidence.at("movements")) {
      out_ << "    " << Time(movement.at("time_ms")) << "  " << Text(movement.at("reason")) << ' '
           << Milli(movement.at("quantity_milli")) << ", " << Text(movement.at("source")) << '\n';
    }
  }

  std::string AnchorWords() const {
    const Json& anchor = position_.at("anchor");
    if (anchor.at("kind") == "none") return "It was never counted and in no list";
    const Json& said = position_.at("evidence").at("anchor_milli");
    return absl::StrCat(anchor.at("kind") == "count" ? "Counted by " : "In the list of ",
                        anchor.value("source", "an unknown source"), " at ",
                        Time(anchor.at("time_ms")),
                        said.is_null() ? "" : absl::StrCat(": ", Milli(said)));
  }

  std::string SinceWords() const {
    const Json& evidence = position_.at("evidence");
    if (evidence.at("movements").empty()) return "; nothing has moved since.";
    return absl::StrCat("; since then ", Milli(evidence.at("since_milli")), ":");
  }

  void Orders() {
    for (const Json& held : position_.at("reservations")) {
      out_ << "  Reserved: " << Milli(held.at("quantity_milli")) << " for order "
           << Text(held.at("reservation"));
      if (!held.at("channel").is_null()) out_ << " of " << Text(held.at("channel"));
      out_ << ", until " << Time(held.at("expires_ms")) << " at the latest.\n";
    }
    for (const Json& awaited : position_.at("expected")) {
      out_ << "  On its way, not sold before it has come: " << Milli(awaited.at("quantity_milli"))
           << " with " << Text(awaited.at("document"));
      if (!awaited.at("due_ms").is_null()) out_ << ", due " << Time(awaited.at("due_ms"));
      out_ << ".\n";
    }
  }

  void Sales() {
    const Json& sales = position_.at("sales");
    if (sales.at("count") == 0) return;
    out_ << "  Last sold at " << Time(sales.at("last_ms"));
    const Json& facts = all_.at("facts");
    if (!facts.at("mean_gap_ms").is_null()) {
      out_ << "; usually every " << Stretch(facts.at("mean_gap_ms"))
           << " of trading, now quiet for " << Stretch(facts.at("silence_ms"));
    }
    out_ << ".\n";
  }

  void Lag() {
    if (position_.at("lag_ms").is_null()) {
      out_ << "  How far the store's sales are known was never said";
    } else {
      out_ << "  The store's sales are known through " << Time(position_.at("watermark_ms")) << ", "
           << Stretch(position_.at("lag_ms")) << " of trading ago";
    }
    out_ << (position_.at("frozen").get<bool>() ? "; documents are missing.\n" : ".\n");
  }

  // The quantity stage by stage, those that take nothing off left out.
  void Way() {
    out_ << "\nHow the number comes about\n";
    Table table({{"", true}, {""}, {""}});
    const Json& facts = all_.at("facts");
    table.Add({Milli(facts.at("on_hand_milli")), "on hand", ""});
    if (facts.at("reserved_milli") != 0) {
      table.Add({"-" + Milli(facts.at("reserved_milli")), "reserved", ""});
    }
    if (facts.at("on_hand_milli") != all_.at("base_milli")) {
      table.Add({Milli(all_.at("base_milli")), "free",
                 Missing() > 0 ? "less than nothing counts as nothing" : ""});
    }
    for (const Json& stage : all_.at("stages")) AddStage(stage, table);
    const auto steps = all_.at("sellable").get<int64_t>();
    const Json& step_milli = position_.at("step_milli");
    table.Add({Milli(steps * step_milli.get<int64_t>()), "to sell",
               step_milli == 1000 || steps == 0 ? "" : StepsOf(steps, step_milli, unit_)});
    table.WriteRows(out_);
  }

  void AddStage(const Json& stage, Table& table) const {
    if (stage.at("withheld_milli") == 0) return;
    std::string words = StageWords(stage, position_.at("lag_ms"), unit_);
    if (stage.at("stage") == "eligibility") words = WhyIneligible(Text(all_.at("ineligible")));
    const std::string rule = RuleWords(stage.at("rule"), file_);
    if (!rule.empty()) absl::StrAppend(&words, words.empty() ? "" : ": ", rule);
    table.Add({"-" + Milli(stage.at("withheld_milli")), Text(stage.at("stage")), words});
  }

  void Changes() {
    out_ << "\nWhat changes it if nothing more is heard\n";
    const Json& changes = all_.at("changes");
    if (changes.is_null()) {
      out_ << "  Nothing.\n";
    } else if (changes.contains("undecided_from_ms")) {
      out_ << "  Nothing before " << Time(changes.at("undecided_from_ms")) << ".\n";
    } else {
      out_ << "  At " << Time(changes.at("at_ms")) << ": " << Sold(changes.at("sellable"))
           << BecauseOf(changes) << ".\n";
    }
    const Json& held = all_.at("held_rise");
    if (held.is_null()) return;
    out_ << "  A rise to " << Sold(held.at("level")) << " waits since " << Time(held.at("since_ms"))
         << ", whether it holds.\n";
  }

  std::string BecauseOf(const Json& changes) const {
    if (!changes.at("ineligible").is_null())
      return ", since " + WhyIneligible(changes.at("ineligible"));
    const std::string stage = Text(changes.at("stage"));
    if (stage == "base") return ", since a reservation ends";
    const std::string rule = RuleWords(changes.at("rule"), file_);
    return absl::StrCat(", by ", stage, rule.empty() ? "" : ": " + rule);
  }

  void Published() {
    const Json& last = all_.at("last");
    out_ << "\nWhat is published\n";
    if (!last.at("published").get<bool>()) {
      out_ << "  Nothing, ever.\n";
      return;
    }
    const Json published = all_.value("published", Json());
    if (published.is_null() || !published.at("known").get<bool>()) {
      out_ << "  " << Sold(last.at("sellable")) << "; since when is not in the journal.\n";
    } else {
      Publication(published);
    }
    Waits(last);
    if (!all_.at("agrees").get<bool>()) {
      out_ << "  That is not what would be decided now: it waits for its turn.\n";
    }
  }

  void Publication(const Json& published) {
    out_ << "  " << Sold(published.at("sellable")) << " since " << Time(published.at("since_ms"))
         << ", by " << CauseWords(published.at("cause")) << ".\n";
    if (published.at("at_ms") != published.at("since_ms")) {
      out_ << "  Said again at " << Time(published.at("at_ms")) << ".\n";
    }
  }

  void Waits(const Json& last) {
    const Json waits = last.value("waits", Json());
    if (waits.is_null()) return;
    out_ << "  Decided since: " << Sold(last.at("sellable"));
    if (waits == "rise_held") {
      out_ << ", a rise that waits for the channel's min_interval.\n";
    } else {
      out_ << (waits == "in_flight" ? ", sent and not acknowledged yet.\n" : ", not sent yet.\n");
    }
  }

  void Rules() {
    out_ << "\nRules " << Text(all_.at("rule_set")).substr(0, 12);
    if (all_.contains("rules")) {
      const Json& rules = all_.at("rules");
      if (!file_.is_null()) out_ << " from " << Text(file_);
      if (!rules.value("since_ms", Json()).is_null()) {
        out_ << ", in force since " << Time(rules.at("since_ms"));
        if (!rules.value("by", Json()).is_null()) out_ << ", by " << Text(rules.at("by"));
      }
    }
    out_ << ".\n";
  }

  const Json& all_;
  const Json& position_;
  const Json unit_;
  const Json file_;
  std::ostream& out_;
};

}  // namespace

void ShowExplanation(const Json& explanation, std::ostream& out) {
  Explainer(explanation, out).Run();
}

int Explain(const Common& common, const std::string& channel, const std::string& store,
            const std::string& sku, std::ostream& out, std::ostream& err) {
  const std::string target = absl::StrCat("/v1/explain?channel=", Encoded(channel),
                                          "&store=", Encoded(store), "&sku=", Encoded(sku));
  const absl::StatusOr<Json> answer = AdminClient(common.admin).Get(target);
  return ShowAnswer(common, answer, ShowExplanation, out, err);
}

}  // namespace shelf::ctl
