#include "shell/shell_options.h"

#include <cctype>

#include "shell/shell.h"

namespace nacre {
namespace {

constexpr OptionInfo kSet[] = {
#define X(id, name, letter) {Option::id, name, letter, false},
    NACRE_SET_OPTIONS(X)
#undef X
};
constexpr OptionInfo kShopt[] = {
#define X(id, name, on) {Option::id, name, 0, on != 0},
    NACRE_SHOPT_OPTIONS(X)
#undef X
};

std::optional<Option> find(std::span<const OptionInfo> table, std::string_view name) {
  for (const OptionInfo& o : table)
    if (o.name == name) return o.option;
  return std::nullopt;
}

}  // namespace

std::span<const OptionInfo> set_options() { return kSet; }
std::span<const OptionInfo> shopt_options() { return kShopt; }
std::optional<Option> find_set_option(std::string_view name) { return find(kSet, name); }
std::optional<Option> find_shopt_option(std::string_view name) { return find(kShopt, name); }
std::optional<Option> option_by_letter(char letter) {
  for (const OptionInfo& o : kSet)
    if (o.letter == letter) return o.option;
  return std::nullopt;
}

namespace {

/// POSIXLY_CORRECT tells the mode.
void tell_posix(Variable& v, bool on) {
  if (on && !v.is_set()) v.set_text(std::string_view("y"));
  if (!on) {
    v.clear_value();
    v.attrs = 0;
  }
}

}  // namespace

void Shell::set_option(Option o, bool on) {
  state_.options.set(o, on);
  switch (o) {
    case Option::Posix:
      state_.options.set(Option::InteractiveCommentsShopt, true);
      state_.options.set(Option::ExpandAliases, on || state_.interactive);
      state_.options.set(Option::ShiftVerbose, on);
      if (on) state_.options.set(Option::InheritErrExit, true);
      tell_posix(vars().writable(sym::kPOSIXLY_CORRECT), on);
      break;
    case Option::Vi:
      if (on) state_.options.set(Option::Emacs, false);
      break;
    case Option::Emacs:
      if (on) state_.options.set(Option::Vi, false);
      break;
    case Option::History:
      if (on) start_history(*this);
      break;
    case Option::Compat31:
    case Option::Compat32:
    case Option::Compat40:
    case Option::Compat41:
    case Option::Compat42:
    case Option::Compat43:
    case Option::Compat44: set_compatibility_option(o, on); break;
    case Option::InteractiveComments: state_.options.set(Option::InteractiveCommentsShopt, on); break;
    case Option::InteractiveCommentsShopt: state_.options.set(Option::InteractiveComments, on); break;
    case Option::ExtDebug:
      state_.options.set(Option::FuncTrace, on);
      state_.options.set(Option::ErrTrace, on);
      break;
    default: break;
  }
  refresh_option_vars();
}

namespace {
struct CompatibilityOption {
  Option option;
  const char* level;
};
constexpr CompatibilityOption kCompatibility[] = {{Option::Compat31, "31"}, {Option::Compat32, "32"}, {Option::Compat40, "40"}, {Option::Compat41, "41"},
                                                  {Option::Compat42, "42"}, {Option::Compat43, "43"}, {Option::Compat44, "44"}};
}  // namespace

/// shopt -s compatNN: one at a time, and BASH_COMPAT tells which.
void Shell::set_compatibility_option(Option o, bool on) {
  std::string level = "52";
  for (const CompatibilityOption& c : kCompatibility) {
    if (on) state_.options.set(c.option, c.option == o);
    if (state_.options[c.option]) level = c.level;
  }
  vars().writable(sym::kBASH_COMPAT).set_text(std::string_view(level));
}

/// BASH_COMPAT=4.2 or 42: that option alone is on.
void Shell::set_compatibility(std::string value) {
  if (value.size() == 3 && value[1] == '.') value.erase(1, 1);
  bool good = value.size() == 2 && std::isdigit(static_cast<unsigned char>(value[0])) && std::isdigit(static_cast<unsigned char>(value[1])) && value >= "31" &&
              value <= "52";
  if (!good && !value.empty()) error("BASH_COMPAT: " + vars().find(sym::kBASH_COMPAT)->text() + ": compatibility value out of range");
  for (const CompatibilityOption& c : kCompatibility) state_.options.set(c.option, good && value == c.level);
  refresh_option_vars();
}

void Shell::restrict() {
  state_.restricted = true;
  for (Symbol s : {sym::kPATH, sym::kSHELL, sym::kENV, sym::kBASH_ENV, sym::kHISTFILE}) vars().writable(s).attrs |= kReadonly;
}

/// $-
std::string Shell::option_letters() const {
  std::string out;
  // In the order bash keeps its flags.
  for (char c : std::string_view("abefhkmnptuvxBCEHPT")) {
    auto o = option_by_letter(c);
    if (o && state_.options[*o]) out += c;
    // Where the interactive and invocation letters stand.
    if (c == 'h' && state_.interactive) out += 'i';
    if (c == 'p' && state_.restricted) out += 'r';
  }
  return out + state_.invocation_letters;
}

/// SHELLOPTS and BASHOPTS.
void Shell::refresh_option_vars() {
  auto list = [&](std::span<const OptionInfo> table) {
    std::string out;
    for (const OptionInfo& o : table) {
      if (!state_.options[o.option]) continue;
      if (!out.empty()) out += ':';
      out += o.name;
    }
    return out;
  };
  struct {
    Symbol s;
    std::span<const OptionInfo> table;
  } both[] = {{sym::kSHELLOPTS, kSet}, {sym::kBASHOPTS, kShopt}};
  for (auto& b : both) {
    const Variable* old = vars().find(b.s);
    if (!old) continue;
    Variable& v = vars().writable(b.s);
    v.set_text(list(b.table));
    v.attrs |= kReadonly;
  }
}

}  // namespace nacre
