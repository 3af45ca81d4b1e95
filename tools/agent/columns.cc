#include "agent/columns.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace shelf::agent {
namespace {

absl::string_view Abseil(std::string_view text) { return {text.data(), text.size()}; }

std::string NamesOf(absl::Span<const ColumnSpec> specs) {
  return absl::StrJoin(specs, ", ", [](std::string* out, const ColumnSpec& spec) {
    absl::StrAppend(out, Abseil(spec.name));
  });
}

absl::Status CheckNames(const std::map<std::string, std::string>& given,
                        absl::Span<const ColumnSpec> specs) {
  for (const auto& [name, value] : given) {
    const bool known =
        std::any_of(specs.begin(), specs.end(),
                    [&, ours = name](const ColumnSpec& spec) { return spec.name == ours; });
    if (!known) {
      return absl::InvalidArgumentError(
          absl::StrCat("'", name, "' is no column of this kind; there are: ", NamesOf(specs)));
    }
  }
  return absl::OkStatus();
}

// The field whose header is `name`, or -1; -2 when there are two.
int FindHeader(absl::Span<const std::string_view> header, std::string_view name) {
  int found = -1;
  for (size_t i = 0; i < header.size(); ++i) {
    if (Trim(header[i]) != name) continue;
    if (found >= 0) return -2;
    found = static_cast<int>(i);
  }
  return found;
}

absl::Status NoHeader(std::string_view name, int found, absl::Span<const std::string_view> header) {
  const std::string there = absl::StrJoin(header, ", ", [](std::string* out, std::string_view h) {
    absl::StrAppend(out, Abseil(Trim(h)));
  });
  return absl::InvalidArgumentError(absl::StrCat("the file has ",
                                                 found == -2 ? "two columns" : "no column", " '",
                                                 Abseil(name), "'; it has: ", there));
}

// How many bytes the character takes that begins with `first`, or 0.
size_t Utf8Length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

// Overlong forms, surrogates and what lies above U+10FFFF.
bool IsForbiddenPair(unsigned char first, unsigned char second) {
  return (first == 0xE0 && second < 0xA0) || (first == 0xED && second >= 0xA0) ||
         (first == 0xF0 && second < 0x90) || (first == 0xF4 && second >= 0x90);
}

}  // namespace

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text[0]);
    const size_t length = Utf8Length(first);
    if (length == 0 || length > text.size()) return false;
    for (size_t i = 1; i < length; ++i) {
      const auto next = static_cast<unsigned char>(text[i]);
      if ((next & 0xC0) != 0x80 || (i == 1 && IsForbiddenPair(first, next))) return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

absl::StatusOr<Columns> Columns::Resolve(absl::Span<const ColumnSpec> specs,
                                         const ColumnOptions& options,
                                         absl::Span<const std::string_view> header) {
  if (absl::Status s = CheckNames(options.columns, specs); !s.ok()) return s;
  if (absl::Status s = CheckNames(options.constants, specs); !s.ok()) return s;
  Columns columns;
  columns.width_ = header.size();
  for (const ColumnSpec& spec : specs) {
    absl::StatusOr<Binding> binding = Bind(spec, options, header);
    if (!binding.ok()) return binding.status();
    columns.bindings_.push_back(*std::move(binding));
  }
  return columns;
}

absl::StatusOr<Columns::Binding> Columns::Bind(const ColumnSpec& spec, const ColumnOptions& options,
                                               absl::Span<const std::string_view> header) {
  Binding binding;
  const std::string name(spec.name);
  const auto constant = options.constants.find(name);
  if (constant != options.constants.end()) {
    binding.is_constant = true;
    binding.constant = constant->second;
    return binding;
  }
  const auto mapped = options.columns.find(name);
  if (mapped == options.columns.end()) {
    const int field = FindHeader(header, spec.name);
    if (field >= 0) {
      binding.fields.push_back(static_cast<size_t>(field));
    } else if (spec.required || field == -2) {
      return NoHeader(spec.name, field, header);
    }
    return binding;
  }
  absl::Status status;
  // Headers with a '+' in them exist; only a list can be meant as several.
  ForEachPart(mapped->second, spec.list ? '+' : '\n', [&](std::string_view part) {
    const int field = FindHeader(header, part);
    if (field < 0) status.Update(NoHeader(part, field, header));
    binding.fields.push_back(static_cast<size_t>(field));
  });
  if (!status.ok()) return status;
  return binding;
}

bool Columns::IsUtf8(const CsvRow& row) const {
  for (const Binding& binding : bindings_) {
    for (const size_t field : binding.fields) {
      if (!agent::IsUtf8(row.fields[field])) return false;
    }
  }
  return true;
}

std::string_view Columns::Get(size_t column, const CsvRow& row) const {
  const Binding& binding = bindings_[column];
  if (binding.is_constant) return binding.constant;
  return binding.fields.empty() ? std::string_view() : Trim(row.fields[binding.fields[0]]);
}

void Columns::GetList(size_t column, const CsvRow& row, std::vector<std::string_view>& out) const {
  out.clear();
  const auto keep = [&](std::string_view value) {
    if (!value.empty()) out.push_back(value);
  };
  const Binding& binding = bindings_[column];
  if (binding.fields.size() > 1) {
    for (const size_t field : binding.fields) keep(Trim(row.fields[field]));
  } else {
    ForEachPart(Get(column, row), '|', keep);
  }
}

}  // namespace shelf::agent
