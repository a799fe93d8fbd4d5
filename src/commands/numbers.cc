#include "commands/numbers.h"

#include <string>

#include "algo/unicode.h"

namespace nacre {
namespace {

int digit_value(char c) {
  if (ascii_digit(c)) return c - '0';
  c = ascii_lower(c);
  return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

/// The power of 1024 (or 1000) that a letter stands for; 0: none.
int power_of(char letter) {
  constexpr std::string_view kPowers = "KMGTPEZY";
  if (letter == 'k' || letter == 'm' || letter == 'g' || letter == 't') letter = static_cast<char>(letter - 'a' + 'A');
  size_t at = kPowers.find(letter);
  return at == kPowers.npos ? 0 : static_cast<int>(at) + 1;
}

/// Multiplies by what `suffix` says; false: it says nothing.
bool scale(std::string_view suffix, bool second_letter, NumberText& n) {
  char c = suffix[0];
  std::string_view rest = suffix.substr(1);
  uint64_t base = 1024;
  int power = power_of(c);
  if (power > 0 && second_letter) {
    if (rest == "B" || rest == "D") base = 1000, rest = {};
    else if (rest == "iB") rest = {};
  }
  if (power == 0) {
    if (c != 'b' && c != 'B' && c != 'c' && c != 'w') return false;
    base = c == 'b' ? 512 : c == 'B' ? 1024 : c == 'w' ? 2 : 1;
    power = 1;
  }
  for (; power > 0; power--)
    if (__builtin_mul_overflow(n.value, base, &n.value)) n.flaw = NumberText::Overflow, n.value = UINT64_MAX;
  return rest.empty();
}

}  // namespace

NumberText read_number(std::string_view text, std::string_view suffixes, int base) {
  NumberText n;
  size_t i = 0;
  while (i < text.size() && ascii_space(text[i])) i++;
  if (i < text.size() && text[i] == '+') i++;
  if (base == 0) {
    base = 10;
    if (i < text.size() && text[i] == '0') {
      base = 8;
      if (i + 2 < text.size() && (text[i + 1] | 32) == 'x' && digit_value(text[i + 2]) < 16) base = 16, i += 2;
    }
  }
  size_t digits = i;
  for (; i < text.size() && digit_value(text[i]) < base; i++) {
    if (__builtin_mul_overflow(n.value, static_cast<uint64_t>(base), &n.value) ||
        __builtin_add_overflow(n.value, static_cast<uint64_t>(digit_value(text[i])), &n.value))
      n.flaw = NumberText::Overflow;
    if (n.flaw) n.value = UINT64_MAX;
  }
  bool suffix = i < text.size() && text[i] != '0' && suffixes.find(text[i]) != suffixes.npos;
  if (i == digits) {
    if (!suffix) return {0, NumberText::Invalid};
    n.value = 1;
  }
  if (i < text.size() && (!suffix || !scale(text.substr(i), suffixes.find('0') != suffixes.npos, n))) n.flaw = NumberText::BadSuffix;
  return n;
}

int warn_number(Process& p, NumberText::Flaw flaw, std::string_view option, std::string_view text, int status) {
  std::string name(option), value(text);
  if (flaw == NumberText::Overflow) p.warn("%s argument '%s' too large", name.c_str(), value.c_str());
  else p.warn("invalid %s%s argument '%s'", flaw == NumberText::BadSuffix ? "suffix in " : "", name.c_str(), value.c_str());
  return status;
}

std::optional<uint64_t> parse_size(std::string_view text, std::string_view suffixes, bool* overflow) {
  NumberText n = read_number(text, suffixes);
  if (overflow) *overflow = n.flaw == NumberText::Overflow;
  if (n.flaw == NumberText::Invalid || n.flaw == NumberText::BadSuffix) return std::nullopt;
  return n.value;
}

std::optional<int64_t> parse_int(std::string_view text) {
  size_t i = text.empty() || (text[0] != '-' && text[0] != '+') ? 0 : 1;
  if (i == text.size()) return std::nullopt;
  bool negative = text[0] == '-';
  int64_t value = 0;
  for (; i < text.size(); i++) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    int64_t d = text[i] - '0';
    if (__builtin_mul_overflow(value, int64_t{10}, &value) || __builtin_add_overflow(value, negative ? -d : d, &value)) return std::nullopt;
  }
  return value;
}

}  // namespace nacre
