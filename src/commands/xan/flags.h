/// flags: the options that every subcommand of xan has, in the tables of args.h.
#pragma once
#include "commands/xan/xan.h"

// The first rows of a subcommand's table of flags; O derives from Options.
#define NACRE_XAN_FLAGS(O) \
  {'d', "delimiter", &O::delimiter}, {'n', "no-headers", &O::no_headers}, { 'o', "output", &O::output }
#define NACRE_XAN_SELECT(O)                       \
  {'s', "select", +[](O& o, std::string_view s) { \
     o.select = s;                                \
     o.have_select = true;                        \
   }}

namespace nacre::xan {

template <class O, size_t N>
std::optional<int> read_flags(Process& p, const Sub& self, const Flag<O> (&flags)[N], O& o, const std::vector<std::string>& argv) {
  return parse_argv(p, self.usage, flags, o, argv, o.operands);
}

/// Operand i, or "-".
inline std::string file_operand(const Options& o, size_t i) { return i < o.operands.size() ? o.operands[i] : "-"; }

inline std::optional<int> no_more_operands(Process& p, const Options& o, size_t most) {
  if (o.operands.size() <= most) return std::nullopt;
  return extra_operand(p, o.operands[most]);
}

/// A number of rows from an option. False after a message.
inline bool row_count(Process& p, const std::string& text, const char* option, uint64_t& to) {
  auto n = parse_int(text);
  if (n && *n >= 0) return to = static_cast<uint64_t>(*n), true;
  fail(p, std::string("wrong number for ") + option + ": '" + text + "'");
  return false;
}

}  // namespace nacre::xan
