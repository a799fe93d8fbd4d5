#include "shell/saved_state.h"

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "shell/shell_options.h"
#include "syntax/print.h"

namespace nacre {
namespace {

constexpr uint64_t kVersion = 1;
enum class Form : uint64_t { None, Text, Indexed, Assoc };

// Derived from other state, or facts of the process.
bool is_computed(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "BASHOPTS", "SHELLOPTS", "PPID", "EUID", "UID", "BASH_VERSINFO", "BASH_VERSION", "BASH", "BASH_EXECUTION_STRING"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

void save_optional(ByteWriter& w, const std::optional<std::string>& s) {
  w.number(s.has_value());
  if (s) w.text(*s);
}
std::optional<std::string> read_optional(ByteReader& r) {
  if (!r.number()) return std::nullopt;
  return std::string(r.text());
}

void save_variables(ByteWriter& w, Shell& sh) {
  std::vector<std::pair<Symbol, const Variable*>> all;
  sh.vars().each([&](Symbol s, const Variable& v) {
    if (!is_computed(sh.symbols().name(s))) all.emplace_back(s, &v);
  });
  w.number(all.size());
  for (auto [s, v] : all) {
    w.text(sh.symbols().name(s));
    w.number(v->attrs);
    if (v->dynamic) {
      w.number(static_cast<uint64_t>(Form::None));
    } else if (const IndexedArray* a = v->indexed_or_null()) {
      w.number(static_cast<uint64_t>(Form::Indexed));
      w.number(a->size());
      for (const auto& e : a->elements()) {
        w.integer(e.index);
        w.text(e.value);
      }
    } else if (const AssocArray* h = v->assoc_or_null()) {
      w.number(static_cast<uint64_t>(Form::Assoc));
      w.number(h->size());
      h->each([&](const std::string& key, const std::string& value) {
        w.text(key);
        w.text(value);
      });
    } else if (v->is_set()) {
      w.number(static_cast<uint64_t>(Form::Text));
      w.text(v->text());
    } else {
      w.number(static_cast<uint64_t>(Form::None));
    }
  }
}

bool restore_variables(ByteReader& r, Shell& sh) {
  std::set<Symbol> kept;
  for (uint64_t n = r.number(); n > 0 && r.good(); n--) {
    Symbol s = sh.symbols().intern(std::string(r.text()));
    kept.insert(s);
    const auto attrs = static_cast<uint32_t>(r.number());
    const Variable* now = sh.vars().find(s);
    Variable v;
    v.attrs = attrs;
    v.watched = now && now->watched;
    const bool dynamic = now && now->dynamic;
    switch (static_cast<Form>(r.number())) {
      case Form::None: break;
      case Form::Text: v.set_text(r.text()); break;
      case Form::Indexed:
        for (uint64_t k = r.number(); k > 0 && r.good(); k--) {
          int64_t index = r.integer();
          v.indexed().at(index) = r.text();
        }
        break;
      case Form::Assoc: {
        std::vector<std::pair<std::string_view, std::string_view>> pairs;
        for (uint64_t k = r.number(); k > 0 && r.good(); k--) {
          std::string_view key = r.text();
          pairs.emplace_back(key, r.text());
        }
        // Newest first within a bucket: put back from the last on, the order stays.
        for (size_t i = pairs.size(); i-- > 0;) v.assoc().at(pairs[i].first) = pairs[i].second;
        break;
      }
    }
    if (dynamic) sh.vars().writable(s).attrs = attrs;
    else sh.vars().replace_global(s, v);
  }
  std::vector<Symbol> gone;
  sh.vars().each([&](Symbol s, const Variable&) {
    if (!kept.count(s) && !is_computed(sh.symbols().name(s))) gone.push_back(s);
  });
  for (Symbol s : gone) sh.vars().unset(s);
  sh.vars().touch_environment();
  return r.good();
}

std::string printed(const FunctionDef& f) { return print_function(static_cast<const ast::Function&>(*f.node->ast)); }

void save_functions(ByteWriter& w, Shell& sh) {
  w.number(sh.state().functions->size());
  for (const auto& [name, f] : *sh.state().functions) {
    w.text(sh.symbols().name(name));
    w.text(static_cast<const ast::Function&>(*f->node->ast).source);
    w.text(printed(*f));
    w.text(*f->source);
    w.number(f->line);
    w.number(static_cast<uint64_t>(f->exported) | static_cast<uint64_t>(f->readonly) << 1 | static_cast<uint64_t>(f->trace) << 2);
  }
}

// As written, so that LINENO counts the lines it counted; as printed, where aliases made something else of it.
bool restore_functions(ByteReader& r, Shell& sh) {
  sh.set_option(Option::ExtGlob, true);   // what was parsed with it needs it, and nothing else differs; set right later
  for (uint64_t n = r.number(); n > 0 && r.good(); n--) {
    const std::string name(r.text()), source_text(r.text()), text(r.text());
    auto source = std::make_shared<const std::string>(r.text());
    const auto line = r.number32();
    const uint64_t flags = r.number();
    if (!r.good()) return false;
    Symbol s = sh.symbols().intern(name);
    if (!source_text.empty()) (void)sh.run_text(source_text, line);
    Ref<FunctionDef> f = sh.function(s);
    if (!f || printed(*f) != text) {
      (void)sh.run_text(text, line);
      f = sh.function(s);
    }
    if (!f) return false;
    f->source = std::move(source);
    f->line = line;
    f->trace = flags & 4;
    if (flags & 1) sh.set_function_attribute(s, &FunctionDef::exported, true);
    if (flags & 2) sh.set_function_attribute(s, &FunctionDef::readonly, true);
  }
  return r.good();
}

void save_options(ByteWriter& w, Shell& sh) {
  std::vector<std::string_view> on;
  for (auto table : {set_options(), shopt_options()})
    for (const OptionInfo& o : table)
      if (sh.options()[o.option]) on.push_back(o.name);
  w.number(on.size());
  for (std::string_view name : on) w.text(name);
}

bool restore_options(ByteReader& r, Shell& sh) {
  std::set<std::string_view> on;
  for (uint64_t n = r.number(); n > 0 && r.good(); n--) on.insert(r.text());
  for (auto table : {set_options(), shopt_options()})
    for (const OptionInfo& o : table)
      if (sh.options()[o.option] != (on.count(o.name) > 0)) sh.set_option(o.option, on.count(o.name) > 0);
  return r.good();
}

void save_map(ByteWriter& w, const std::map<std::string, std::string>& m) {
  w.number(m.size());
  for (const auto& [key, value] : m) {
    w.text(key);
    w.text(value);
  }
}
void restore_map(ByteReader& r, std::map<std::string, std::string>& m) {
  m.clear();
  for (uint64_t n = r.number(); n > 0 && r.good(); n--) {
    std::string key(r.text());
    m[key] = r.text();
  }
}

void save_completions(ByteWriter& w, const std::map<std::string, CompletionSpec>& all) {
  w.number(all.size());
  for (const auto& [name, c] : all) {
    w.text(name);
    w.number(c.options);
    w.number(c.actions);
    for (const auto* s : {&c.glob, &c.words, &c.function, &c.command, &c.filter, &c.prefix, &c.suffix}) save_optional(w, *s);
  }
}
void restore_completions(ByteReader& r, std::map<std::string, CompletionSpec>& all) {
  all.clear();
  for (uint64_t n = r.number(); n > 0 && r.good(); n--) {
    CompletionSpec& c = all[std::string(r.text())];
    c.options = r.number32();
    c.actions = r.number32();
    for (auto* s : {&c.glob, &c.words, &c.function, &c.command, &c.filter, &c.prefix, &c.suffix}) *s = read_optional(r);
  }
}

}  // namespace

std::string save_shell(Shell& sh) {
  ByteWriter w;
  ShellState& st = sh.state();
  w.number(kVersion);
  save_functions(w, sh);
  save_variables(w, sh);
  save_map(w, *st.aliases);
  w.number(st.traps->size());
  for (const Trap& t : *st.traps) {
    w.number(static_cast<uint64_t>(t.kind));
    w.text(t.command);
  }
  w.number(st.dir_stack->size());
  for (const std::string& d : *st.dir_stack) w.text(d);
  save_completions(w, *st.completions);
  save_map(w, *st.key_bindings);
  const History& h = *st.history;
  w.number(h.lines.size());
  for (size_t i = 0; i < h.lines.size(); i++) {
    w.text(h.lines[i]);
    w.integer(i < h.times.size() ? h.times[i] : 0);
  }
  w.number(h.base);
  w.number(h.lines.size() - std::min(h.unsaved, h.lines.size()));
  w.number(h.read);
  w.number(sh.process().umask());
  w.number(static_cast<uint64_t>(st.last_status));
  w.text(st.last_arg);
  w.number(st.random_seed);
  w.time(st.start_time);
  save_options(w, sh);
  return w.take();
}

bool restore_shell(Shell& sh, std::string_view bytes) {
  ByteReader r(bytes);
  if (r.number() != kVersion || !restore_functions(r, sh) || !restore_variables(r, sh)) return false;
  ShellState& st = sh.state();
  restore_map(r, st.aliases.write());
  const uint64_t traps = r.number();
  for (uint64_t i = 0; i < traps && r.good(); i++) {
    const uint64_t kind = r.number();
    std::string command(r.text());
    if (i < kTrapSlots && kind != static_cast<uint64_t>(Trap::Kind::Default)) sh.set_trap(static_cast<int>(i), &command);   // "": ignored
  }
  auto& stack = st.dir_stack.write();
  stack.clear();
  for (uint64_t n = r.number(); n > 0 && r.good(); n--) stack.emplace_back(r.text());
  restore_completions(r, st.completions.write());
  restore_map(r, st.key_bindings.write());
  History& h = st.history.write();
  h.lines.clear();
  h.times.clear();
  for (uint64_t n = r.number(); n > 0 && r.good(); n--) {
    h.lines.emplace_back(r.text());
    h.times.push_back(r.integer());
  }
  h.base = r.number();
  h.unsaved = h.lines.size() - std::min<size_t>(r.number(), h.lines.size());
  h.read = r.number();
  (void)sh.process().set_umask(static_cast<Mode>(r.number()));
  st.last_status = static_cast<int>(r.number());
  st.last_arg = r.text();
  st.random_seed = r.number();
  st.start_time = r.time();
  if (!restore_options(r, sh)) return false;
  sh.expander().refresh();
  return r.good();
}

}  // namespace nacre
