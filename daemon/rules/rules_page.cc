// docs/reference/rules.md from the table of options.
#include <string>

#include "rules/options.h"

namespace shelf {
namespace {

constexpr std::string_view kIntro = R"(# The rules file

Made from the tables in `daemon/rules/options.cc` and `sections.cc`; a test compares the two. [Rules by example](../rules.md) is the page to begin with.

A rules file says what each channel may sell of a store's stock. It is read whole or not at all: `shelfd check rules.yaml` lists everything that is wrong, with line and column. A daemon that runs, or that has a state to go on from, keeps its old rules then; one without does not start (exit 2). Unknown keys are errors. How a new file comes into force: [rules on a running system](../operating/rules.md).

```yaml
# yaml-language-server: $schema=../schemas/rules.schema.json
version: 1
allocation_groups:
  everywhere: {overcommit: 120%}
channels:
  own-site:
    methods: [click_and_collect]
    limited_at: 2
    priority: 10
    rules:
      - id: everywhere
        sync_lag: [{over: 30m, keep: 80%}, {over: 4h, keep: 0%}]
        presence: {after_nil_pick: until_evidence, quiet_limit: 4}
        safety_stock: {subtract: 1}
        allocation: {group: everywhere, share: 60}
        limits: {cap: 50}
      - id: fresh-food
        when: {category: [Grocery, Fresh]}
        sync_lag: [{over: 15m, keep: 0%}]
  market:
    trace: true
    rules:
      - id: market
        safety_stock: {percent: 10}
        allocation: {group: everywhere, share: 40}
        steady: {rise_after: 10m}
```

The first line is for editors that know JSON Schema: they complete keys, explain them and mark what is wrong while it is written.

## Written forms

| What | Form |
|---|---|
| units | units of measure of the item, not steps: `2`, `0.5`, up to three decimals |
| percentage | `80%` and `80` are the same |
| duration | `250ms`, `90s`, `30m`, `4h`, `2d`: a whole number with its unit |
| name | UTF-8 without control characters, its length in bytes; `0557722` keeps its zero |

The file is UTF-8, at most 16 MiB, one YAML document, indented with spaces. Anchors (`&name`) and aliases (`*name`) may stand for whole values; merge keys (`<<`) are not read.
)";

constexpr std::string_view kEnd = R"(
## The order of the stages

The base is what is on hand less what is reserved, and never negative. The stages always run in this order, whatever the file's: `eligibility`, `sync_lag`, `presence`, `safety_stock`, `allocation`, `limits`, `steady`. Each withholds a part, and base less all that is withheld is exactly what is sold.

`eligibility` is not set by rules. It withholds everything for the first of these that holds: `unknown_store`, `unknown_item`, `stopped` (a stop-sale), `store_closed`, `no_service`, `not_listed`, `blocked`, `state_lost` (until the store's full list has come, [after a loss](../operating/recovery.md#accept-the-loss)), `channel_removed` (the rules do not have the channel any more). Where they come from: [stores, items and stop-sales](../operating/running.md#stores-items-and-stop-sales).
)";

std::string Size(const Option& option) {
  const std::string bytes =
      std::to_string(option.min) + " to " + std::to_string(option.max) + " bytes";
  return option.type == OptionType::kName   ? "name, " + bytes
         : option.type == OptionType::kPath ? "a path: a name or a list, " + bytes + " each"
                                            : "a name or a list of any, " + bytes + " each";
}

std::string Number(const Option& option, const char* what, const char* sign = "") {
  return std::string(what) + ", " + std::to_string(option.min) + sign + " to " +
         std::to_string(option.max) + sign;
}

std::string TypeText(const Option& option) {
  switch (option.type) {
    case OptionType::kMap:
      return "a map";
    case OptionType::kNamedMaps:
      return "a map by names, " + std::to_string(option.min) + " to " + std::to_string(option.max) +
             " bytes each";
    case OptionType::kMaps:
      return "a list, at most " + std::to_string(option.max);
    case OptionType::kUnits:
      return Number(option, "units");
    case OptionType::kNumber:
      return Number(option, "a number, up to three decimals");
    case OptionType::kWhole:
      return Number(option, "a whole number");
    case OptionType::kPercent: {
      const std::string decimals = std::to_string(option.decimals);
      return Number(option, "a percentage", "%") +
             (option.decimals == 0 ? ", whole" : ", up to " + decimals + " decimals");
    }
    case OptionType::kDuration:
      return "a duration, at most " + std::to_string(option.max / 86'400'000) + "d";
    case OptionType::kSwitch:
      return "`true` or `false`";
    case OptionType::kWord:
      return "`" + std::string(option.example) + "`";
    default:
      return Size(option);
  }
}

std::string Row(const Option& option) {
  const std::string fallback = option.required           ? "needed"
                               : option.fallback.empty() ? ""
                                                         : "`" + std::string(option.fallback) + "`";
  return "| `" + std::string(option.key) + "` | " + TypeText(option) + " | " + fallback + " | " +
         std::string(option.doc) + " |\n";
}

std::string SectionText(const Section& section) {
  std::string text = "\n## " + std::string(section.heading) + "\n\n";
  text += "| Key | Value | Left out | Meaning |\n|---|---|---|---|\n";
  for (const Option& option : OptionsOf(section.name)) {
    if (option.available) text += Row(option);
  }
  return section.doc.empty() ? text : text + "\n" + std::string(section.doc) + "\n";
}

std::string NotAvailable() {
  std::string text = "\n## Not in this version\n\nRefused with their line: ";
  std::string keys;
  for (const Option& option : AllOptions()) {
    if (option.available) continue;
    const std::string name =
        std::string(SectionNamed(option.section).prefix) + std::string(option.key);
    keys += (keys.empty() ? "`" : ", `") + name + "`";
  }
  return text + keys + ".\n";
}

}  // namespace

std::string RulesReferenceMarkdown() {
  std::string page(kIntro);
  for (const Section& section : Sections()) page += SectionText(section);
  return page + std::string(kEnd) + NotAvailable();
}

}  // namespace shelf
