#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "algo/unicode.h"
#include "commands/quoting.h"
#include "commands/sort/sorter.h"

namespace nacre {
namespace {

std::string option_letters(const SortKey& k) {
  std::string s;
  if (k.skip_start || k.skip_end) s += 'b';
  if (k.dictionary) s += 'd';
  if (k.fold) s += 'f';
  if (k.order == SortOrder::General) s += 'g';
  if (k.order == SortOrder::Human) s += 'h';
  if (k.printing && !k.dictionary) s += 'i';
  if (k.order == SortOrder::Month) s += 'M';
  if (k.order == SortOrder::Numeric) s += 'n';
  if (k.order == SortOrder::Random) s += 'R';
  if (k.reverse) s += 'r';
  if (k.order == SortOrder::Version) s += 'V';
  return s;
}

void old_style_warning(Process& p, const SortKey& k) {
  std::string old = "+" + std::to_string(k.start_field), now = "-k " + std::to_string(k.start_field + 1);
  if (k.end_field != SIZE_MAX) {
    old += " -" + std::to_string(k.end_field + 1);
    now += "," + std::to_string(k.end_field + 1);
  }
  p.warn("obsolescent key %s used; consider %s instead", quote(p, old).c_str(), quote(p, now).c_str());
}

// The part of a key that its order looks at.
std::string_view tightened(const SortKey& k, std::string_view key) {
  while (!key.empty() && sort_blank(key[0])) key.remove_prefix(1);
  size_t n = 0;
  if (k.order == SortOrder::Month) return key.substr(0, month_number(key) ? 3 : 0);
  if (k.order == SortOrder::General) {
    std::string copy(key);
    char* end;
    (void)std::strtold(copy.c_str(), &end);
    return key.substr(0, static_cast<size_t>(end - copy.c_str()));
  }
  if (!k.numeric()) return key;
  if (n < key.size() && key[n] == '-') n++;
  size_t digits = 0;
  while (n < key.size() && ascii_digit(key[n])) n++, digits++;
  if (n < key.size() && key[n] == '.')
    for (n++; n < key.size() && ascii_digit(key[n]); n++) digits++;
  if (!digits) return key.substr(0, 0);
  if (k.order == SortOrder::Human && n < key.size() && std::strchr("kKMGTPEZY", key[n])) n++;
  return key.substr(0, n);
}

}  // namespace

void warn_sort_keys(Process& p, const SortPlan& plan, const SortKey& global) {
  const SortKeys& keys = plan.keys;
  SortKey unused = global;
  bool basic = false, general = false, basic_span = false, general_span = false;
  bool only_global = plan.has_keys && keys.keys[0].global;
  for (size_t i = 0; plan.has_keys && i < keys.keys.size(); i++) {
    const SortKey& k = keys.keys[i];
    size_t number = i + 1;
    (k.order == SortOrder::General ? general : basic) |= k.numeric();
    if (k.old_style) old_style_warning(p, k);
    // As GNU counts: a field that ends before its first character ends with the one before.
    bool zero_width = !k.global && k.end_field < k.start_field;
    if (zero_width) p.warn("key %zu has zero width and will be ignored", number);
    bool implied = k.numeric() || k.order == SortOrder::Month;
    bool by_line = k.end_field == 0 && k.end_char != 0;
    if (!zero_width && !only_global && !keys.has_separator && !by_line &&
        ((!k.skip_start && !implied) || (!k.skip_start && k.start_char) || (!k.skip_end && k.end_char)))
      p.warn("leading blanks are significant in key %zu; consider also specifying 'b'", number);
    if (!only_global && k.numeric() && (k.end_field == SIZE_MAX || k.start_field < k.end_field)) {
      p.warn("key %zu is numeric and spans multiple fields", number);
      (k.order == SortOrder::General ? general_span : basic_span) = true;
    }
    if (unused.dictionary == k.dictionary && unused.printing == k.printing) unused.dictionary = unused.printing = false;
    unused.fold &= !k.fold;
    unused.skip_start &= !k.skip_start;
    unused.skip_end &= !k.skip_end;
    if (unused.order == k.order) unused.order = SortOrder::Text;
    unused.reverse &= !k.reverse;
  }
  bool told = false;
  if (basic_span || general_span) {
    const char* as = !keys.has_separator                     ? nullptr
                     : keys.separator == '.'                 ? "decimal point"
                     : keys.separator == '-'                 ? "minus sign"
                     : general_span && keys.separator == '+' ? "plus sign"
                                                             : nullptr;
    if (as) p.warn("field separator %s is treated as a %s in numbers", quote(p, std::string(1, keys.separator)).c_str(), as);
    told = as && keys.separator == '.';
  }
  if ((basic || general) && !told) p.warn("note numbers use %s as a decimal point in this locale", quote(p, ".").c_str());
  SortKey but_reverse = unused;
  but_reverse.reverse = false;
  bool first_only = keys.stable || keys.unique;
  if (but_reverse.has_options() || (unused.reverse && first_only && plan.has_keys)) {
    std::string letters = option_letters(first_only ? unused : but_reverse);
    p.warn(letters.size() == 1 ? "option '-%s' is ignored" : "options '-%s' are ignored", letters.c_str());
  }
  if (unused.reverse && !first_only && plan.has_keys) p.warn("option '-r' only applies to last-resort comparison");
}

std::string marked_line(const SortPlan& plan, std::string_view line, bool utf8) {
  std::string out(line);
  for (char& c : out)
    if (c == '\t') c = '>';
  auto width = [&](std::string_view s) { return text_width(s, utf8) + static_cast<size_t>(std::count(s.begin(), s.end(), '\t')); };
  auto mark = [&](std::string_view key) {
    out += '\n';
    out.append(width(line.substr(0, static_cast<size_t>(key.data() - line.data()))), ' ');
    size_t n = width(key);
    if (n) out.append(n, '_');
    else out += "^ no match for key";
  };
  if (plan.has_keys) {
    for (const SortKey& k : plan.keys.keys) {
      std::string_view key = plan.keys.extract(k, line);
      if (k.order == SortOrder::Month || k.numeric() || (k.global && k.skip_start)) key = tightened(k, key);
      mark(key);
    }
    if (plan.keys.stable || plan.keys.unique) return out;
  }
  mark(line);
  return out;
}

}  // namespace nacre
