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

std::string ColumnTable::text(size_t row, size_t column, const std::string& prefix) const {
  std::string t = shown(cell(rows[row], column));
  return columns[column].tree ? prefix + t : t;
}

// What fits into a width.
std::string_view ColumnTable::cut(std::string_view text, size_t width) const {
  size_t i = 0;
  for (size_t used = 0; i < text.size();) {
    const utf8::Char c = utf8_ ? utf8::decode(text.substr(i)) : utf8::Char{static_cast<unsigned char>(text[i]), 1, true};
    used += static_cast<size_t>(std::max(0, char_width(c.code)));
    if (used > width) break;
    i += c.length;
  }
  return text.substr(0, i);
}

// The width that its cells and its name ask for; of a column with extremes, without those.
void ColumnTable::measure(size_t column, Fit& fit) const {
  const bool named = columns[column].name.has_value();
  if (!fit.least) fit.least = std::max<size_t>(named ? text_width(shown(*columns[column].name), utf8_) : 0, 1);
  fit.width = 0;
  size_t sum = 0, count = 0;
  each([&](size_t r, const std::string& prefix) {
    p_.tick();
    const size_t n = text_width(text(r, column, prefix), utf8_);
    fit.widest = std::max(fit.widest, n);
    if (columns[column].tree) fit.art = std::max(fit.art, text_width(prefix, utf8_));
    if (fit.extreme && fit.average && n > fit.average * 2) return;
    sum += n;
    count++;
    fit.width = std::max(fit.width, n);
  });
  if (columns[column].no_extremes && count && !fit.average) {
    fit.average = sum / count;
    fit.extreme = fit.average && fit.widest > fit.average * 2;
  }
  if (fit.widest == 0 && !named) fit.least = 0;
  fit.width = std::max(fit.width, fit.least);
}

// Takes from the columns that may be cut, one by one.
void ColumnTable::narrow(std::vector<Fit>& fits, size_t& width) const {
  for (size_t before = 0; width > output_width && before != width;) {
    before = width;
    for (size_t k = 0; k < order.size() && width > output_width; k++) {
      const TableColumn& column = columns[order[k]];
      Fit& f = fits[order[k]];
      if (f.width <= f.least || (column.tree && width <= f.art) || !(column.truncate || column.wrap)) continue;
      f.width--;
      width--;
    }
    p_.tick(static_cast<uint32_t>(order.size()));
  }
}

std::vector<ColumnTable::Fit> ColumnTable::fit() const {
  std::vector<Fit> fits(columns.size());
  size_t width = order.empty() ? 0 : (order.size() - 1) * text_width(separator, utf8_);
  bool extremes = false;
  for (size_t c : order) {
    measure(c, fits[c]);
    width += fits[c].width;
    extremes = extremes || fits[c].extreme;
  }
  if (width > output_width && extremes) {
    extremes = false;
    for (size_t c : order) {
      const size_t before = fits[c].width;
      if (!fits[c].extreme) continue;
      measure(c, fits[c]);
      if (before > fits[c].width) width -= before - fits[c].width, extremes = true;
    }
    // What is left goes to those that were made narrow.
    for (size_t c : order) {
      if (!extremes || width >= output_width || !fits[c].extreme) continue;
      const size_t more = std::min(output_width - width, fits[c].widest - std::min(fits[c].widest, fits[c].width));
      fits[c].width += more;
      width += more;
    }
  }
  narrow(fits, width);
  return fits;
}

void ColumnTable::empty_cell(size_t place, const std::vector<Fit>& fits) {
  if (place + 1 == order.size()) return;
  out_.write(std::string(fits[order[place]].width, ' '));
  out_.write(separator);
}

void ColumnTable::line(const std::function<std::string(size_t)>& text, const std::vector<Fit>& fits) {
  std::vector<std::string> rest(order.size());   // of cells that are wrapped
  for (size_t k = 0; k < order.size(); k++) {
    const TableColumn& column = columns[order[k]];
    const bool last = k + 1 == order.size();
    std::string cell_text = text(order[k]);
    const size_t width = fits[order[k]].width;
    size_t used = text_width(cell_text, utf8_);
    if (used > width && (column.truncate || column.wrap)) {
      const std::string_view part = cut(cell_text, width);
      if (!column.truncate) rest[k] = cell_text.substr(part.size());
      cell_text.resize(part.size());
      used = text_width(cell_text, utf8_);
    }
    const size_t pad = width > used ? width - used : 0;
    if (column.right && !(last && cell_text.empty())) out_.write(std::string(pad, ' '));
    if (column.right && !cell_text.empty()) used = width;   // it stays where it is, however long
    out_.write(cell_text);
    if (!column.right && !last) out_.write(std::string(pad, ' '));
    if (last) break;
    if (used <= width || column.truncate) {
      out_.write(separator);
      continue;
    }
    // A cell wider than its column has a line to itself, and the others go on below.
    out_.put('\n');
    for (size_t i = 0; i <= k; i++) empty_cell(i, fits);
  }
  out_.put('\n');
  while (std::any_of(rest.begin(), rest.end(), [](const std::string& s) { return !s.empty(); })) {
    for (size_t k = 0; k < order.size(); k++) {
      if (rest[k].empty()) {
        empty_cell(k, fits);
        continue;
      }
      const size_t width = fits[order[k]].width;
      std::string part(cut(rest[k], width));
      if (part.empty()) part = rest[k].substr(0, utf8_ ? utf8::decode(rest[k]).length : 1);   // wider than the column
      rest[k].erase(0, part.size());
      out_.write(part);
      if (k + 1 == order.size()) break;
      const size_t used = text_width(part, utf8_);
      out_.write(std::string(width > used ? width - used : 0, ' '));
      out_.write(separator);
    }
    out_.put('\n');
    p_.tick(static_cast<uint32_t>(order.size()));
  }
}

void ColumnTable::print() {
  const std::vector<Fit> fits = fit();
  if (heading) line([&](size_t c) { return shown(columns[c].name.value_or("")); }, fits);
  each([&](size_t r, const std::string& prefix) {
    line([&](size_t c) { return text(r, c, prefix); }, fits);
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
