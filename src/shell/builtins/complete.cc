/// complete, compgen, compopt - programmable completion.
/// Source: bash manual 8.7.
#include <algorithm>

#include "algo/quote.h"
#include "shell/builtins/generate.h"
#include "shell/builtins/operands.h"
#include "shell/builtins/variable_text.h"

namespace nacre {
namespace {

// Names under which the specifications for -D, -E and -I are kept.
constexpr char kDefault[] = "_DefaultCmD_", kEmpty[] = "_EmptycmD_", kInitial[] = "_InitialWorD_";

struct Request {
  CompletionSpec spec;
  bool print = false, remove = false;
  std::vector<std::string> special;   ///< -D -E -I
};

template <class Table, class Name>
int position(const Table& table, const std::string& name, Name&& name_of) {
  for (size_t i = 0; i < table.size(); i++)
    if (name == name_of(table[i])) return static_cast<int>(i);
  return -1;
}

int action_position(const std::string& name) {
  return position(completion_actions(), name, [](const CompletionAction& a) { return std::string_view(a.name); });
}
int option_position(const std::string& name) {
  return position(completion_options(), name, [](const char* o) { return std::string_view(o); });
}

/// False: reported, *status set.
bool parse(Shell& sh, BuiltinOptions& options, Request& r) {
  while (char c = options.next()) {
    const std::string& v = options.value();
    switch (c) {
      case '?': return false;
      case 'p': r.print = true; break;
      case 'r': r.remove = true; break;
      case 'D': r.special.push_back(kDefault); break;
      case 'E': r.special.push_back(kEmpty); break;
      case 'I': r.special.push_back(kInitial); break;
      case 'A': {
        int i = action_position(v);
        if (i < 0) return sh.builtin_error(v + ": invalid action name"), false;
        r.spec.actions |= 1u << i;
        break;
      }
      case 'o': {
        int i = option_position(v);
        if (i < 0) return sh.builtin_error(v + ": invalid option name"), false;
        r.spec.options |= 1u << i;
        break;
      }
      case 'G': r.spec.glob = v; break;
      case 'W': r.spec.words = v; break;
      case 'F':
        if (v.find_first_of("()<>;&| \t\n") != v.npos) return invalid_identifier(sh, v), false;
        r.spec.function = v;
        break;
      case 'C': r.spec.command = v; break;
      case 'X': r.spec.filter = v; break;
      case 'P': r.spec.prefix = v; break;
      case 'S': r.spec.suffix = v; break;
      default:
        for (size_t i = 0; i < completion_actions().size(); i++) {
          if (completion_actions()[i].letter == c) r.spec.actions |= 1u << i;
        }
    }
  }
  return true;
}

std::string describe(const std::string& name, const CompletionSpec& s) {
  std::string out = "complete ";
  for (size_t i = 0; i < completion_options().size(); i++) {
    if (s.options >> i & 1) out += std::string("-o ") + completion_options()[i] + " ";
  }
  for (size_t i = 0; i < completion_actions().size(); i++) {
    const CompletionAction& a = completion_actions()[i];
    if (!(s.actions >> i & 1)) continue;
    out += a.letter ? std::string("-") + a.letter + " " : std::string("-A ") + a.name + " ";
  }
  auto quoted = [&](const char* option, const std::optional<std::string>& value) {
    if (value) out += std::string(option) + " " + single_quote(*value) + " ";
  };
  quoted("-G", s.glob);
  quoted("-W", s.words);
  quoted("-P", s.prefix);
  quoted("-S", s.suffix);
  quoted("-X", s.filter);
  quoted("-C", s.command);
  if (s.function) out += "-F " + quoted_if_special(*s.function) + " ";
  return out + (name == kDefault ? "-D" : name == kEmpty ? "-E" : name == kInitial ? "-I" : name.empty() ? "''" : quoted_if_special(name)) + "\n";
}

/// bash lists its table by bucket.
std::string describe_all(Shell& sh) {
  std::vector<std::string> names;
  for (const auto& [name, spec] : *sh.state().completions) names.push_back(name);
  std::sort(names.begin(), names.end(),
            [](const std::string& a, const std::string& b) { return std::pair(bash_hash(a) & 511, a) < std::pair(bash_hash(b) & 511, b); });
  std::string out;
  for (const std::string& name : names) out += describe(name, sh.state().completions->at(name));
  return out;
}

int missing(Shell& sh, const std::string& name) {
  sh.builtin_error(name + ": no completion specification");
  return 1;
}

std::vector<std::string> names_of(const Request& r, const Args& args, size_t at) {
  if (!r.special.empty()) return r.special;
  return {args.words.begin() + static_cast<ptrdiff_t>(at), args.words.end()};
}

constexpr char kGenerators[] = "abcdefgjksuvA:o:G:W:F:C:X:P:S:";

int run_complete(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "abcdefgjksuvprDEIA:o:G:W:F:C:X:P:S:");
  Request r;
  if (!parse(sh, options, r)) return 2;
  size_t at = options.index();
  std::vector<std::string> names = names_of(r, args, at);
  bool any = args.size() > 1;
  if (r.print || !any) {
    if (names.empty()) return sh.out(describe_all(sh)) ? 0 : 1;
    int status = 0;
    for (const std::string& name : names) {
      auto it = sh.state().completions->find(name);
      if (it == sh.state().completions->end()) status = missing(sh, name);
      else if (!sh.out(describe(name, it->second))) status = 1;
    }
    return status;
  }
  if (r.remove) {
    if (names.empty()) sh.state().completions.write().clear();
    if (sh.state().completions->empty()) return 0;
    int status = 0;
    for (const std::string& name : names)
      if (!sh.state().completions.write().erase(name)) status = missing(sh, name);
    return status;
  }
  if (names.empty()) return sh.usage();
  for (const auto& [name, spec] : *sh.state().completions) r.spec.group = std::max(r.spec.group, spec.group);
  r.spec.group++;
  for (const std::string& name : names) sh.state().completions.write()[name] = r.spec;
  return 0;
}

int run_compgen(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, kGenerators);
  Request r;
  if (!parse(sh, options, r)) return 2;
  std::string word = options.index() < args.size() ? args[options.index()] : "";
  if (r.spec.function) sh.builtin_error("warning: -F option may not work as you expect");
  if (r.spec.command) sh.builtin_error("warning: -C option may not work as you expect");
  std::string out;
  for (const std::string& s : generate(sh, r.spec, "compgen", word, "")) out += s + "\n";
  if (out.empty()) return options.index() > 1;   // without options nothing was asked for
  return sh.out(out) ? 0 : 1;
}

int run_compopt(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "o:DEI", true);
  uint32_t on = 0, off = 0;
  std::vector<std::string> names;
  while (char c = options.next()) {
    if (c == '?') return 2;
    if (c == 'D') names.push_back(kDefault);
    if (c == 'E') names.push_back(kEmpty);
    if (c == 'I') names.push_back(kInitial);
    if (c != 'o') continue;
    int i = option_position(options.value());
    if (i < 0) {
      sh.builtin_error(options.value() + ": invalid option name");
      return 2;
    }
    (options.plus() ? off : on) |= 1u << i;
  }
  if (names.empty()) names.assign(args.words.begin() + static_cast<ptrdiff_t>(options.index()), args.words.end());
  if (names.empty()) {
    sh.builtin_error("not currently executing completion function");
    return 1;
  }
  int status = 0;
  for (const std::string& name : names) {
    auto it = sh.state().completions->find(name);
    if (it == sh.state().completions->end()) {
      status = missing(sh, name);
      continue;
    }
    CompletionSpec spec = it->second;
    if (!on && !off) {
      std::string out = "compopt ";
      for (size_t i = 0; i < completion_options().size(); i++) out += std::string(spec.options >> i & 1 ? "-o " : "+o ") + completion_options()[i] + " ";
      if (!sh.out(out + name + "\n")) status = 1;
      continue;
    }
    for (auto& [other, shared] : sh.state().completions.write()) {
      if (other == name || (spec.group && shared.group == spec.group)) shared.options = (spec.options | on) & ~off;
    }
  }
  return status;
}

}  // namespace

Builtin complete_builtin() {
  return {"complete", run_complete, 0,
          "complete [-abcdefgjksuv] [-pr] [-DEI] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S "
          "suffix] [name ...]",
          "Says how the arguments of each NAME are completed; without names, prints what was said.\n"
          "  -p  print    -r  remove    -D  for other commands    -E  for an empty line    -I  for the first word\n"
          "  the rest as compgen's"};
}
Builtin compgen_builtin() {
  return {"compgen", run_compgen, 0,
          "compgen [-abcdefgjksuv] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [word]",
          "Prints the completions of WORD.\n"
          "  -A ACTION  names of that kind: alias (-a) arrayvar binding builtin (-b) command (-c) directory (-d)\n"
          "             disabled enabled export (-e) file (-f) function group (-g) helptopic hostname job (-j)\n"
          "             keyword (-k) running service (-s) setopt shopt signal stopped user (-u) variable (-v)\n"
          "  -W WORDS  these words    -G PATTERN  files    -F FUNCTION  its COMPREPLY    -C COMMAND  its output\n"
          "  -X PATTERN  without those that match    -P, -S  put before and behind each    -o OPTION  as complete's"};
}
Builtin compopt_builtin() {
  return {"compopt", run_compopt, 0, "compopt [-o|+o option] [-DEI] [name ...]",
          "Changes the options of completions: -o on, +o off; without options, prints them."};
}

}  // namespace nacre
