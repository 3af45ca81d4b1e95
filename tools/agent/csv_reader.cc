#include "agent/csv_reader.h"

#include <utility>

namespace shelf::agent {
namespace {

constexpr size_t kBufferBytes = 256 * 1024;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

CsvReader::CsvReader(Read read, char delimiter)
    : read_(std::move(read)), delimiter_(delimiter), buffer_(kBufferBytes) {}

absl::StatusOr<bool> CsvReader::Next(CsvRow& row) {
  StartRow(row);
  for (;;) {
    if (position_ == filled_) {
      absl::StatusOr<bool> more = Fill();
      if (!more.ok()) return more.status();
      if (!*more) return EndInput(row);
    }
    while (position_ < filled_) {
      if (Take(buffer_[position_++], row)) return true;
    }
  }
}

void CsvReader::StartRow(CsvRow& row) {
  row.fields.clear();
  row.problem = {};
  row.line = line_;
  state_ = State::kFieldStart;
  text_.clear();
  field_ends_.clear();
  row_has_quote_ = false;
}

absl::StatusOr<bool> CsvReader::Fill() {
  position_ = 0;
  filled_ = 0;
  // The mark is looked for in the first bytes, so those must be together.
  const size_t wanted = at_start_ ? kByteOrderMark.size() : 1;
  while (filled_ < wanted) {
    absl::StatusOr<size_t> got = read_(buffer_.data() + filled_, buffer_.size() - filled_);
    if (!got.ok()) return got.status();
    if (*got == 0) break;
    filled_ += *got;
  }
  if (at_start_ && std::string_view(buffer_.data(), filled_).substr(0, 3) == kByteOrderMark) {
    position_ = kByteOrderMark.size();
    at_start_ = false;
    return position_ < filled_ ? absl::StatusOr<bool>(true) : Fill();
  }
  at_start_ = false;
  return filled_ > 0;
}

// True when `c` ended a row.
bool CsvReader::Take(char c, CsvRow& row) {
  if (c == '\n') ++line_;
  switch (state_) {
    case State::kFieldStart:
      if (c == '"') {
        state_ = State::kQuoted;
        row_has_quote_ = true;
        return false;
      }
      state_ = State::kBare;
      [[fallthrough]];
    case State::kBare:
      if (c == '\n') return EndLine(row);
      if (c == delimiter_) {
        EndField();
      } else {
        Keep(c, row);
      }
      return false;
    case State::kQuoted:
      if (c == '"') {
        state_ = State::kQuoteSeen;
      } else {
        Keep(c, row);
      }
      return false;
    case State::kQuoteSeen:
      if (c == '\n') return EndLine(row);
      TakeAfterQuote(c, row);
      return false;
    case State::kSpoiled:
      return c == '\n' && EndLine(row);
  }
  return false;
}

void CsvReader::TakeAfterQuote(char c, CsvRow& row) {
  if (c == '"') {
    state_ = State::kQuoted;
    Keep(c, row);
  } else if (c == delimiter_) {
    EndField();
  } else if (c != '\r') {
    Spoil("text after a closing quote", row);
  }
}

void CsvReader::Keep(char c, CsvRow& row) {
  if (text_.size() >= kRowBytesMax) {
    Spoil("longer than 1 MiB: a quote that is never closed?", row);
    return;
  }
  text_.push_back(c);
}

void CsvReader::EndField() {
  field_ends_.push_back(text_.size());
  state_ = State::kFieldStart;
}

// False when the line was blank and another row has begun.
bool CsvReader::EndLine(CsvRow& row) {
  const size_t field_begin = field_ends_.empty() ? 0 : field_ends_.back();
  const bool has_text = text_.size() > field_begin;
  if (state_ == State::kBare && has_text && text_.back() == '\r') text_.pop_back();
  const bool blank = text_.empty() && field_ends_.empty() && !row_has_quote_;
  if (blank && row.problem.empty()) {
    StartRow(row);
    return false;
  }
  EndField();
  Publish(row);
  return true;
}

bool CsvReader::EndInput(CsvRow& row) {
  if (state_ == State::kQuoted) Spoil("a quote is never closed", row);
  const bool nothing = text_.empty() && field_ends_.empty() && !row_has_quote_;
  return !nothing && EndLine(row);
}

void CsvReader::Spoil(std::string_view problem, CsvRow& row) {
  row.problem = problem;
  state_ = State::kSpoiled;
}

void CsvReader::Publish(CsvRow& row) {
  const std::string_view text = text_;
  size_t begin = 0;
  for (const size_t end : field_ends_) {
    row.fields.push_back(text.substr(begin, end - begin));
    begin = end;
  }
}

}  // namespace shelf::agent
