// Tables and values for people.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"

namespace shelf::ctl {

using Json = nlohmann::ordered_json;

struct Column {
  std::string name;
  bool right = false;  // aligned: numbers
};

// A heading and rows in columns as wide as their widest cell.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  // As many cells as columns.
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  void Write(std::ostream& out) const;
  // Without the heading, indented by two; where what follows in a row is empty, nothing pads it.
  void WriteRows(std::ostream& out) const;

 private:
  std::vector<size_t> Widths(bool heading) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// What a JSON value of the admin port reads as. Null is "-".
std::string Text(const Json& value);
std::string Quantity(const Json& milli);  // 1500 -> "1.5"
std::string Time(const Json& ms);         // "2026-11-22 13:35:02.250Z"
std::string Lag(const Json& ms);          // "1h3m20s"
std::string YesNo(const Json& value);

}  // namespace shelf::ctl
