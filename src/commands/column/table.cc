#include "commands/column/table.h"

#include <algorithm>
#include <functional>
#include <unordered_map>

#include "algo/unicode.h"
#include "base/deep_call.h"
#include "base/utf8.h"

namespace nacre {

void ColumnTable::make_tree(size_t id, size_t parent) {
  std::unordered_map<std::string_view, size_t> by_id;
  for (size_t r = 0; r < rows.size(); r++) by_id.try_emplace(cell(rows[r], id), r);
  std::vector<size_t> up(rows.size(), SIZE_MAX);
  for (size_t r = 0; r < rows.size(); r++) {
    auto found = by_id.find(cell(rows[r], parent));
    if (found == by_id.end()) continue;
    // No row is below itself.
    size_t above = found->second;
    while (above != SIZE_MAX && above != r) {
      above = up[above];
      p_.tick();
    }
    if (above == r) continue;
    up[r] = found->second;
    rows[r].has_parent = true;
    rows[found->second].children.push_back(r);
  }
}

// Bytes that are no text are written in hexadecimal.
std::string ColumnTable::shown(std::string_view text) const {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    unsigned char c = static_cast<unsigned char>(text[i]);
    size_t n = 1;
    bool fine = c < 0x80;
    if (!fine && utf8_) {
      auto d = utf8::decode(text.substr(i));
      fine = d.valid;
      if (fine) n = d.length;
    }
    if (fine) {
      out += text.substr(i, n);
    } else {
      char hex[8];
      std::snprintf(hex, sizeof hex, "\\x%02x", c);
      out += hex;
    }
    i += n;
  }
  return out;
}

// Rows in the order they are printed, with the lines of the tree before them.
void ColumnTable::each(const std::function<void(size_t, const std::string&)>& use) const {
  for (size_t r = 0; r < rows.size(); r++) {
    if (rows[r].has_parent) continue;
    use(r, "");
    for (size_t child : rows[r].children) each_below(child, "", child == rows[r].children.back(), use);
  }
}

void ColumnTable::each_below(size_t row, const std::string& prefix, bool last, const std::function<void(size_t, const std::string&)>& use) const {
  p_.tick(static_cast<uint32_t>(1 + prefix.size() / 16));
  use(row, prefix + (utf8_ ? last ? "└─" : "├─" : last ? "`-" : "|-"));
  std::string deeper = prefix + (last ? "  " : utf8_ ? "│ " : "| ");
  for (size_t child : rows[row].children) deep_call([&] { each_below(child, deeper, child == rows[row].children.back(), use); });
}

void ColumnTable::line(const std::function<std::string(size_t)>& text, const std::vector<size_t>& widths) {
  for (size_t k = 0; k < order.size(); k++) {
    size_t c = order[k];
    bool last = k + 1 == order.size();
    std::string cell_text = text(c);
    size_t width = text_width(cell_text, utf8_), pad = widths[c] > width ? widths[c] - width : 0;
    if (columns[c].right && !(last && cell_text.empty())) out_.write(std::string(pad, ' '));
    out_.write(cell_text);
    if (!columns[c].right && !last) out_.write(std::string(pad, ' '));
    if (!last) out_.write(separator);
  }
  out_.put('\n');
}

void ColumnTable::print() {
  std::vector<size_t> widths(columns.size());
  auto text = [&](size_t row, size_t column, const std::string& prefix) {
    std::string t = shown(cell(rows[row], column));
    return columns[column].tree ? prefix + t : t;
  };
  each([&](size_t r, const std::string& prefix) {
    for (size_t c = 0; c < columns.size(); c++) widths[c] = std::max(widths[c], text_width(text(r, c, prefix), utf8_));
    p_.tick(static_cast<uint32_t>(columns.size()));
  });
  if (heading) {
    for (size_t c = 0; c < columns.size(); c++) widths[c] = std::max(widths[c], text_width(shown(columns[c].name.value_or("")), utf8_));
    line([&](size_t c) { return shown(columns[c].name.value_or("")); }, widths);
  }
  each([&](size_t r, const std::string& prefix) {
    line([&](size_t c) { return text(r, c, prefix); }, widths);
    p_.tick(static_cast<uint32_t>(columns.size()));
  });
}

void ColumnTable::json_text(std::string_view text, bool lower_case) {
  std::string safe = shown(text);
  out_.put('"');
  for (size_t i = 0; i < safe.size(); i++) {
    unsigned char c = static_cast<unsigned char>(safe[i]);
    constexpr std::string_view from = "\b\t\n\f\r", to = "btnfr";
    size_t k = from.find(static_cast<char>(c));
    // Bytes that are shown in hexadecimal keep their backslash doubled.
    if (c == '"' || c == '\\') out_.put('\\');
    if (k != std::string_view::npos) out_.format("\\%c", to[k]);
    else if (c < 0x20) out_.format("\\u%04x", c);
    else out_.put(lower_case ? ascii_lower(static_cast<char>(c)) : static_cast<char>(c));
  }
  out_.put('"');
}

void ColumnTable::json_row(size_t row, const std::string& indent, bool last) {
  p_.tick(static_cast<uint32_t>(columns.size()));
  const TableRow& r = rows[row];
  for (size_t k = 0; k < order.size(); k++) {
    out_.write(indent + "   ");
    json_text(columns[order[k]].name.value_or(""), true);
    out_.write(": ");
    std::string_view text = cell(r, order[k]);
    if (text.empty()) out_.write("null");
    else json_text(text, false);
    out_.write(k + 1 < order.size() || !r.children.empty() ? ",\n" : "\n");
  }
  if (!r.children.empty()) {
    out_.write(indent + "   \"children\": [\n" + indent + "      {\n");
    for (size_t child : r.children) deep_call([&] { json_row(child, indent + "      ", child == r.children.back()); });
    out_.write(indent + "   ]\n");
  }
  out_.write(last ? indent + "}\n" : indent + "},{\n");
}

void ColumnTable::print_json(const std::string& name) {
  if (rows.empty()) return;
  out_.write("{\n   ");
  json_text(name, true);
  out_.write(": [\n      {\n");
  std::vector<size_t> roots;
  for (size_t r = 0; r < rows.size(); r++)
    if (!rows[r].has_parent) roots.push_back(r);
  for (size_t r : roots) json_row(r, "      ", r == roots.back());
  out_.write("   ]\n}\n");
}

}  // namespace nacre
