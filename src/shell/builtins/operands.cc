#include "shell/builtins/operands.h"

#include <charconv>

namespace nacre {

std::optional<int64_t> whole_number(std::string_view text) {
  auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<int> small_number(std::string_view text) {
  auto n = whole_number(text);
  if (!n || *n < 0 || *n > INT32_MAX) return std::nullopt;
  return static_cast<int>(*n);
}

void need_number(Shell& sh, const std::string& word) { sh.builtin_error(word + ": numeric argument required"); }

void too_many_arguments(Shell& sh) { sh.builtin_error("too many arguments"); }

void invalid_identifier(Shell& sh, const std::string& word) { sh.builtin_error("`" + word + "': not a valid identifier"); }

int exit_operand(Shell& sh, const Args& args, size_t at, bool* discard) {
  *discard = false;
  if (at < args.size() && args[at] == "--") at++;
  if (at >= args.size()) return sh.exit_status_before_trap();
  auto n = whole_number(args[at]);
  if (!n) {
    need_number(sh, args[at]);
    return 2;
  }
  if (at + 1 < args.size()) {
    too_many_arguments(sh);
    *discard = true;
    return 1;
  }
  return static_cast<int>(*n & 255);
}

size_t operands_only(Shell& sh, const Args& args) {
  if (args.size() < 2) return 1;
  const std::string& first = args[1];
  if (first == "--") return 2;
  if (first.size() > 1 && first[0] == '-') {
    sh.invalid_option(first[1]);
    return 0;
  }
  return 1;
}

uint32_t bash_hash(std::string_view text) {
  uint32_t h = 2166136261u;
  for (char c : text) {
    h *= 16777619u;
    h ^= static_cast<uint32_t>(static_cast<signed char>(c));
  }
  return h;
}

bool is_element_name(std::string_view word) {
  size_t bracket = word.find('[');
  return bracket != word.npos && word.back() == ']' && word.size() > bracket + 2 && is_name(word.substr(0, bracket));
}

}  // namespace nacre
