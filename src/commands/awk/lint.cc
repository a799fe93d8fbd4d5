// AwkInterp: what --lint warns of while a program runs.
#include <cmath>

#include "commands/awk/interp.h"

namespace nacre {

void AwkInterp::lint(const std::string& message) {
  if (!dialect_.lint) return;
  if (dialect_.lint_fatal) fatal(message);
  warning(message);
}

void AwkInterp::lint_extension(const std::string& what) {
  if (dialect_.lint && dialect_.lint_extensions && extensions_.insert(what).second) lint(what + " is a gawk extension");
}

// A variable without a value was asked for it.
void AwkInterp::unset_used(const AwkNode* n, AwkCell& c) {
  if (c.value.looks < 0) c.value.looks = AwkValue::kSeen;
  if (n->op == AwkOp::Global && n->slot >= kSpecialCount) lint("reference to uninitialized variable `" + name_of(n) + "'");
}

void AwkInterp::lint_element(const AwkNode* array, AwkArray& a, std::string_view key) {
  if (!a.find(key)) lint("reference to uninitialized element `" + name_of(array) + "[\"" + std::string(key) + "\"]'");
}

void AwkInterp::lint_field_use() {
  if (!in_end_ || std::exchange(end_field_warned_, true)) return;
  lint("accessing fields from an END rule may not be portable");
}

// A text as the argument of a function of numbers, and the other way round.
void AwkInterp::lint_number(const AwkNode* a, const std::string& function, const char* which) {
  const AwkValue* v = stored(a);
  if (!v || v->kind == AwkValue::Number || (v->kind == AwkValue::Input && v->numeric())) return;
  lint(function + ": received non-numeric " + which + "argument");
}

void AwkInterp::lint_text(const AwkNode* a, const std::string& function, const char* which) {
  const AwkValue* v = stored(a);
  if (v && v->kind == AwkValue::Number) lint(function + ": received non-string " + which + "argument");
}

void AwkInterp::lint_substr(double start, double count, bool counted, double length) {
  auto shown = [](double d) {
    std::string s;
    awk_format_number(s, d, "%g");
    return s;
  };
  if (counted && count < 1) return lint("substr: length " + shown(count) + " is not >= 1");
  if (counted && count != std::trunc(count)) lint("substr: non-integer length " + shown(count) + " will be truncated");
  if (start < 1) lint("substr: start index " + shown(start) + " is invalid, using 1");
  else if (start != std::trunc(start)) lint("substr: non-integer start index " + shown(start) + " will be truncated");
  if (length == 0) return lint("substr: source string is zero length");
  if (start > length) return lint("substr: start index " + shown(std::trunc(start)) + " is past end of string");
  const double from = std::max(1.0, std::trunc(start));
  if (counted && std::trunc(count) > length - from + 1)
    lint("substr: length " + shown(std::trunc(count)) + " at start index " + shown(from) + " exceeds length of first argument (" + shown(length) + ")");
}

}  // namespace nacre
