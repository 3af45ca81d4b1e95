// docs/reference/config.md from the table of properties.
#include "config/config.h"
#include "config/properties.h"

namespace shelf {
namespace {

constexpr std::string_view kIntro = R"(# Configuration

Made from the table in `daemon/config/properties.cc`; a test compares the two.

`shelfd run --config FILE` reads a YAML file in which sections are nested or dotted, and `--set key=value`, given any number of times, overrides it. Unknown properties are errors, and all errors are reported at once with their lines. A file may be empty: every property has a default.

```yaml
instance: shelfd-1
brokers: kafka-1:9092,kafka-2:9092
rules: rules.yaml
channels:
  own-site: {topic: availability-own-site, format: json}
checkpoint.interval_ms: 1000
librdkafka:
  security.protocol: ssl
```

No two of the topics may be the same, and channels that write to one topic write one format.

| Property | Type | Unit | Default | Range | Reload | Secret | Meaning |
|---|---|---|---|---|---|---|---|
)";

std::string TypeName(const Property& property) {
  switch (property.type) {
    case PropertyType::kText:
      return "text";
    case PropertyType::kInteger:
      return "integer";
    case PropertyType::kBytes:
      return "bytes";
    case PropertyType::kChoice:
      return "choice";
    case PropertyType::kName:
      return "name";
    case PropertyType::kBrokers:
      return "hosts";
    case PropertyType::kLoopback:
      return "host:port";
  }
  return "";
}

std::string RangeText(const Property& property) {
  if (property.type == PropertyType::kChoice) {
    std::string choices;
    for (char c : property.choices) c == ' ' ? choices += ", " : choices += c;
    return choices;
  }
  if (property.type == PropertyType::kLoopback) return "loopback";
  const std::string range = std::to_string(property.min) + " … " + std::to_string(property.max);
  const bool number = std::holds_alternative<NumberSlot>(property.slot);
  return number ? range : range + " bytes";
}

std::string DefaultText(const Property& property) {
  Config defaults;
  const std::string given = property.has_given_part() ? "x" : "";
  const std::string text = PropertyText(defaults, {&property, given});
  return text.empty() ? "" : "`" + text + "`";
}

std::string Row(const Property& property) {
  std::string row = "|";
  const std::string secret = property.secret ? "passwords and keys" : "no";
  for (const std::string& cell :
       {"`" + std::string(property.name) + "`", TypeName(property), std::string(property.unit),
        DefaultText(property), RangeText(property), std::string(property.reloadable ? "yes" : "no"),
        secret, std::string(property.doc)}) {
    row += " " + cell + " |";
  }
  return row + "\n";
}

}  // namespace

std::string ConfigReferenceMarkdown() {
  std::string page(kIntro);
  for (const Property& property : Properties()) page += Row(property);
  page +=
      "\nReload: whether a running daemon takes a change without a restart. Secret: what is shown "
      "as `(hidden)` wherever the daemon shows its configuration. Bytes may be written with KiB, "
      "MiB or GiB, as in `4MiB`.\n";
  return page;
}

}  // namespace shelf
