// Special parameters and variables: start-up values, those computed on reading,
// those whose assignment has an effect.
// Source: bash manual 5.1, 5.2.
#include <charconv>
#include <cstdio>

#include "shell/shell.h"
#include "shell/shell_options.h"
#include "syntax/print.h"

namespace nacre {
namespace {

/// Variable::dynamic of each computed variable.
enum Dynamic : uint8_t {
  kDynNone,
  kDynRandom,
  kDynSrandom,
  kDynSeconds,
  kDynEpochSeconds,
  kDynEpochRealtime,
  kDynLineno,
  kDynBashPid,
  kDynSubshell,
  kDynCommand,
  kDynFuncname,
  kDynSource,
  kDynBashLineno,
  kDynPipestatus,
  kDynDirstack,
  kDynGroups,
  kDynArgc,
  kDynArgv,
  kDynArgv0,
  kDynHistcmd,
  kDynAliases,
  kDynCmds,
  kDynLastArg,
};

struct DynamicInfo {
  Symbol symbol;
  Dynamic id;
  uint32_t attrs;
};
constexpr DynamicInfo kDynamic[] = {
    {sym::kRANDOM, kDynRandom, kInteger},         {sym::kSRANDOM, kDynSrandom, kInteger},      {sym::kSECONDS, kDynSeconds, kInteger},
    {sym::kEPOCHSECONDS, kDynEpochSeconds, 0},    {sym::kEPOCHREALTIME, kDynEpochRealtime, 0}, {sym::kLINENO, kDynLineno, 0},
    {sym::kBASHPID, kDynBashPid, kInteger},       {sym::kBASH_SUBSHELL, kDynSubshell, 0},      {sym::kBASH_COMMAND, kDynCommand, 0},
    {sym::kFUNCNAME, kDynFuncname, kIndexed},     {sym::kBASH_SOURCE, kDynSource, kIndexed},   {sym::kBASH_LINENO, kDynBashLineno, kIndexed},
    {sym::kPIPESTATUS, kDynPipestatus, kIndexed}, {sym::kDIRSTACK, kDynDirstack, kIndexed},    {sym::kGROUPS, kDynGroups, kIndexed},
    {sym::kBASH_ARGC, kDynArgc, kIndexed},        {sym::kBASH_ARGV, kDynArgv, kIndexed},       {sym::kBASH_ARGV0, kDynArgv0, 0},
    {sym::kHISTCMD, kDynHistcmd, kInteger},       {sym::kBASH_ALIASES, kDynAliases, kAssoc},   {sym::kBASH_CMDS, kDynCmds, kAssoc},
    {sym::kUnderscore, kDynLastArg, 0},
};

}  // namespace

void Shell::init_dynamic() {
  for (const DynamicInfo& d : kDynamic) {
    Variable& v = vars().writable(d.symbol);
    v.attrs = d.attrs;
    v.dynamic = d.id;
  }
  for (Symbol s : {sym::kIFS, sym::kPATH, sym::kLC_ALL, sym::kLC_CTYPE, sym::kLANG, sym::kOPTIND, sym::kPOSIXLY_CORRECT, sym::kGLOBIGNORE, sym::kBASH_COMPAT}) {
    vars().writable(s).watched = true;
  }
  vars().writable(sym::kOPTIND).attrs |= kInteger;
}

std::string Shell::special(char c) {
  switch (c) {
    case '?': return std::to_string(state_.last_status);
    case '$': return std::to_string(state_.shell_pid);
    case '!': return state_.last_background ? std::to_string(state_.last_background) : "";
    case '-': return option_letters();
    default: return "";
  }
}

namespace {

/// bash's generator: Park and Miller's minimal standard, folded to 15 bits.
/// Source: Comm. ACM 31 (1988), "Random number generators: good ones are hard to find".
uint32_t next_random(uint64_t& seed) {
  if (seed == 0) seed = 123459876;
  int64_t h = static_cast<int64_t>(seed) / 127773;
  int64_t l = static_cast<int64_t>(seed) - 127773 * h;
  int64_t t = 16807 * l - 2836 * h;
  seed = static_cast<uint64_t>(t < 0 ? t + 0x7fffffff : t);
  return static_cast<uint32_t>(((seed >> 16) ^ (seed & 65535)) & 32767);
}

}  // namespace

const Variable& Shell::dynamic(Symbol, const Variable& v) {
  if (dynamic_.size() <= v.dynamic) dynamic_.resize(v.dynamic + 1u);
  dynamic_[v.dynamic] = std::make_unique<Variable>();
  state_.asked |= 1u << v.dynamic;
  Variable& out = *dynamic_[v.dynamic];
  out.attrs = v.attrs;
  auto list = [&](auto&& f) {
    out.indexed().clear();
    int64_t i = 0;
    f([&](std::string s) { out.indexed().at(i++) = std::move(s); });
  };
  // Those of the calls, innermost first, kept with extdebug; last those of the script.
  auto argument_lists = [&](auto&& f) {
    bool kept = state_.options[Option::ExtDebug];
    if (!kept && function_depth_ > 0) return;
    for (size_t i = state_.frames.size(); kept && i-- > 0;)
      if (state_.frames[i].function != sym::kmain) f(state_.frames[i].args);
    f(*state_.main_args);
  };
  switch (v.dynamic) {
    case kDynRandom: {
      if (!random_seeded_) {
        state_.random_seed = kernel().random() & 0x7fffffff;
        random_seeded_ = true;
      }
      uint32_t n = next_random(state_.random_seed);
      if (n == last_random_) n = next_random(state_.random_seed);
      last_random_ = n;
      out.set_number(n);
      break;
    }
    case kDynSrandom: out.set_number(static_cast<int64_t>(kernel().random() & 0xffffffff)); break;
    case kDynSeconds: out.set_number(process_->now().sec - state_.start_time.sec); break;
    case kDynEpochSeconds: out.set_number(process_->now().sec); break;
    case kDynEpochRealtime: {
      Timespec t = process_->now();
      char text[40];
      std::snprintf(text, sizeof text, "%lld.%06d", static_cast<long long>(t.sec), t.nsec / 1000);
      out.set_text(std::string_view(text));
      break;
    }
    case kDynLineno: out.set_number(line_); break;
    case kDynBashPid: out.set_number(process_->pid()); break;
    case kDynSubshell: out.set_number(state_.subshell_level + state_.subshell_shown); break;
    case kDynCommand:
      if (current_arith_) out.set_text("((" + std::string(current_arith_->source) + "))");
      else out.set_text(current_command_ && current_command_->ast ? print_head(*current_command_->ast) : std::string());
      break;
    case kDynFuncname:
      list([&](auto add) {
        if (function_depth_ == 0) return;
        for (size_t i = state_.frames.size(); i-- > 0;) add(symbols().name(state_.frames[i].function));
      });
      break;
    case kDynSource:
      list([&](auto add) {
        for (size_t i = state_.frames.size(); i-- > 0;) add(*state_.frames[i].source);
      });
      break;
    case kDynBashLineno:
      list([&](auto add) {
        for (size_t i = state_.frames.size(); i-- > 0;) add(std::to_string(state_.frames[i].call_line));
      });
      break;
    case kDynPipestatus:
      list([&](auto add) {
        if (pipestatus_.empty() && single_pipestatus_ >= 0) add(std::to_string(single_pipestatus_));
        for (int s : pipestatus_) add(std::to_string(s));
      });
      break;
    case kDynDirstack:
      list([&](auto add) {
        const std::string* pwd = expander_.value_of(sym::kPWD);
        add(pwd ? *pwd : "");
        for (size_t i = state_.dir_stack->size(); i-- > 0;) add((*state_.dir_stack)[i]);
      });
      break;
    case kDynGroups:
      list([&](auto add) {
        add(std::to_string(process_->credentials().gid));
        for (uint32_t g : process_->credentials().groups) add(std::to_string(g));
      });
      break;
    case kDynArgc: list([&](auto add) { argument_lists([&](const std::vector<std::string>& args) { add(std::to_string(args.size())); }); }); break;
    case kDynArgv:
      list([&](auto add) {
        argument_lists([&](const std::vector<std::string>& args) {
          for (size_t k = args.size(); k-- > 0;) add(args[k]);
        });
      });
      break;
    case kDynArgv0: out.set_text(std::string_view(state_.arg0)); break;
    case kDynLastArg: out.set_text(std::string_view(state_.last_arg)); break;
    case kDynHistcmd:
      out.set_number(state_.options[Option::History] ? static_cast<int64_t>(history().base + history().lines.size() - line_remembered_) : 0);
      break;
    case kDynAliases: {
      out.assoc().clear();
      for (const auto& [name, value] : *state_.aliases) out.assoc().at(name) = value;
      break;
    }
    case kDynCmds: {
      out.assoc().clear();
      for (const auto& [name, entry] : *state_.hashed) out.assoc().at(name) = entry.first;
      break;
    }
    default: break;
  }
  return out;
}

const Variable& Shell::last_computed(Symbol s, const Variable& v) {
  switch (v.dynamic) {
    case kDynFuncname:
    case kDynSource:
    case kDynBashLineno:
    case kDynPipestatus:
    case kDynLastArg: {
      const Variable& now = dynamic(s, v);
      return v.dynamic == kDynFuncname && !in_function() ? v : now;
    }
    default: break;
  }
  if (v.dynamic < dynamic_.size() && dynamic_[v.dynamic]) return *dynamic_[v.dynamic];
  if ((state_.asked >> v.dynamic & 1) || (v.dynamic == kDynDirstack && !state_.dir_stack->empty())) return dynamic(s, v);
  static thread_local Variable indexed, assoc;
  indexed.attrs = assoc.attrs = v.attrs;
  if (v.has(kIndexed)) return indexed.indexed().clear(), indexed;
  if (v.has(kAssoc)) return assoc.assoc().clear(), assoc;
  return v;
}

/// A watched or dynamic variable was assigned: do what that means.
void Shell::assigned(Symbol s, Variable& v) {
  auto number = [&] {
    int64_t n = 0;
    std::string text = v.text();
    std::from_chars(text.data(), text.data() + text.size(), n);
    return n;
  };
  switch (v.dynamic) {
    case kDynNone: break;
    case kDynRandom:
      state_.random_seed = static_cast<uint64_t>(number()) & 0xffffffff;
      random_seeded_ = true;
      last_random_ = 0;
      return;
    case kDynSeconds: state_.start_time.sec = process_->now().sec - number(); return;
    case kDynLineno: return;
    case kDynLastArg: state_.last_arg = v.text(); return;
    case kDynSubshell: state_.subshell_shown = static_cast<int>(number()) - state_.subshell_level; return;
    case kDynArgv0:
      state_.arg0 = v.text();
      state_.shell_name = v.text();
      return;
    case kDynAliases:
      if (v.assoc_or_null()) v.assoc_or_null()->each([&](const std::string& k, const std::string& x) { state_.aliases.write()[k] = x; });
      return;
    case kDynCmds:
      if (v.assoc_or_null()) v.assoc_or_null()->each([&](const std::string& k, const std::string& x) { state_.hashed.write()[k] = {x, 0}; });
      return;
    default: return;
  }
  switch (s) {
    case sym::kIFS:
    case sym::kLC_ALL:
    case sym::kLC_CTYPE:
    case sym::kLANG:
      if (s != sym::kIFS) warn_locale(s, v.text());
      expander_.refresh();
      break;
    case sym::kPATH: state_.hashed.write().clear(); break;
    case sym::kOPTIND: getopts_at_ = 0; break;
    case sym::kPOSIXLY_CORRECT: set_option(Option::Posix, true); break;
    case sym::kBASH_COMPAT: set_compatibility(v.text()); break;
    case sym::kGLOBIGNORE:
      if (!v.text().empty()) state_.options.set(Option::DotGlob, true);
      break;
    default: break;
  }
}

void Shell::unset_variable(Symbol s) {
  const Variable* v = vars().find(s);
  bool watched = v && v->watched;
  vars().unset(s, state_.options[Option::LocalVarUnset]);
  switch (s) {
    case sym::kPATH: state_.hashed.write().clear(); break;
    case sym::kBASH_COMPAT:
      if (watched) set_compatibility("");
      break;
    case sym::kPOSIXLY_CORRECT:
      if (watched) set_option(Option::Posix, false);
      break;
    case sym::kGLOBIGNORE:
      if (watched) state_.options.set(Option::DotGlob, false);
      break;
    default: break;
  }
  // The next variable of this name has the same effects, unless it is one of those that lose their meaning.
  if (watched && !vars().find(s)) vars().writable(s).watched = true;
  if (watched) expander_.refresh();
}

/// The locales there are: C and UTF-8 without national rules.
void Shell::warn_locale(Symbol s, const std::string& name) {
  for (std::string_view known : {"", "C", "POSIX", "C.UTF-8", "C.utf8", "en_US.UTF-8", "en_US.utf8"}) {
    if (name == known) return;
  }
  if (s == sym::kLANG) return;   // bash says nothing of that one
  error("warning: setlocale: " + symbols().name(s) + ": cannot change locale (" + name + "): No such file or directory");
}

/// A scope ended: variables with effects may have changed back.
void Shell::after_scope() { expander_.refresh_if_changed(); }

void Shell::init_variables(const EnvList& env) {
  init_dynamic();
  for (const std::string& e : env) {
    size_t eq = e.find('=');
    if (eq == e.npos) continue;
    std::string name = e.substr(0, eq), value = e.substr(eq + 1);
    if (name.starts_with("BASH_FUNC_") && name.ends_with("%%") && value.starts_with("() {")) {
      import_function(name.substr(10, name.size() - 12), value);
      continue;
    }
    if (!is_name(name)) continue;
    Symbol s = symbols().intern(name);
    if (s == sym::kSHELLOPTS || s == sym::kBASHOPTS) {
      import_options(s, value);
      continue;
    }
    if (s == sym::kPPID || s == sym::kUID || s == sym::kEUID) continue;
    Variable& v = vars().writable(s);
    if (v.dynamic) continue;
    v.attrs |= kExported;
    v.set_text(std::string_view(value));
  }
  auto set = [&](Symbol s, std::string value, uint32_t attrs = 0) {
    Variable& v = vars().writable(s);
    v.attrs |= attrs;
    v.set_text(std::move(value));
  };
  auto set_default = [&](Symbol s, const char* value) {
    const Variable* v = vars().find(s);
    if (!v || !v->is_set()) set(s, value);
  };
  set(sym::kIFS, " \t\n");
  vars().writable(sym::kIFS).attrs &= ~static_cast<uint32_t>(kExported);
  set_default(sym::kPATH, "/usr/local/bin:/usr/bin:/bin");
  set(sym::kPS4, vars().find(sym::kPS4) && vars().find(sym::kPS4)->is_set() ? vars().find(sym::kPS4)->text() : "+ ");
  set(sym::kOPTIND, "1");
  set(sym::kOPTERR, "1");
  set(sym::kPPID, std::to_string(process_->ppid()), kInteger | kReadonly);
  set(sym::kUID, std::to_string(process_->credentials().uid), kInteger | kReadonly);
  set(sym::kEUID, std::to_string(process_->credentials().uid), kInteger | kReadonly);
  set(sym::kBASH, "/bin/bash");
  set(sym::kBASH_VERSION, "5.2.15(1)-release");
  set_default(sym::kSHELL, "/bin/bash");
  set_default(sym::kHOSTNAME, kernel().options().hostname.c_str());
  set(sym::kHOSTTYPE, "x86_64");
  set(sym::kMACHTYPE, "x86_64-pc-linux-gnu");
  set(sym::kOSTYPE, "linux-gnu");
  set_default(sym::kTERM, "dumb");
  set(sym::kHISTCMD, "1");
  set_default(sym::kCOMP_WORDBREAKS, " \t\n\"'><=;|&(:");
  Variable& info = vars().writable(sym::kBASH_VERSINFO);
  info.indexed().clear();
  const char* parts[] = {"5", "2", "15", "1", "release", "x86_64-pc-linux-gnu"};
  for (int i = 0; i < 6; i++) info.indexed().at(i) = parts[i];
  info.attrs |= kReadonly | kIndexed;
  set(sym::kSHELLOPTS, "", kReadonly);
  set(sym::kBASHOPTS, "", kReadonly);
  int level = 0;
  if (const Variable* v = vars().find(sym::kSHLVL); v && v->is_set()) level = std::atoi(v->text().c_str());
  set(sym::kSHLVL, std::to_string(level + 1 > 999 || level < 0 ? 1 : level + 1), kExported);
  init_pwd();
  vars().writable(sym::kOLDPWD).attrs |= kExported;
  vars().writable(sym::kHISTCMD).dynamic = kDynHistcmd;
  for (Symbol s : {sym::kLC_ALL, sym::kLC_CTYPE}) {
    if (const Variable* v = vars().find(s); v && v->is_set()) warn_locale(s, v->text());
  }
  expander_.refresh();
}

/// SHELLOPTS or BASHOPTS from the environment: those options are turned on.
void Shell::import_options(Symbol s, std::string_view list) {
  vars().writable(s).attrs |= kExported;
  while (!list.empty()) {
    std::string_view name = list.substr(0, list.find(':'));
    list.remove_prefix(std::min(list.size(), name.size() + 1));
    auto o = s == sym::kSHELLOPTS ? find_set_option(name) : find_shopt_option(name);
    if (o) state_.options.set(*o, true);
  }
}

/// PWD is inherited when it still names the working directory.
void Shell::init_pwd() {
  const Variable* v = vars().find(sym::kPWD);
  bool good = false;
  if (v && v->is_set() && v->text().starts_with('/')) {
    auto a = process_->stat(v->text());
    auto b = process_->stat(".");
    good = a && b && a->ino == b->ino && a->dev == b->dev;
  }
  if (!good) {
    auto cwd = process_->getcwd();
    Variable& w = vars().writable(sym::kPWD);
    w.set_text(cwd ? std::string_view(*cwd) : std::string_view("."));
  }
  vars().writable(sym::kPWD).attrs |= kExported;
  vars().touch_environment();
}

}  // namespace nacre
