// set -x. Source: bash manual, "The Set Builtin"; forms observed.
#include "algo/quote.h"
#include "shell/scopes.h"
#include "shell/shell.h"

namespace nacre {
namespace {

/// A word as the trace shows it: quoted only if the shell would need it.
std::string traced_word(const std::string& s, bool utf8) {
  if (s.empty()) return "''";
  if (s.find_first_of(" \t\n'\"\\|&;()<>!{}*[?]^$`#~,") == s.npos) return needs_ansi_quote(s, utf8) ? bash_ansi_quote(s, utf8) : s;
  // A '#' or '~' matters only where it can begin something; braces, '!' and '^' as bash's own test does.
  bool needs = false;
  for (size_t i = 0; i < s.size(); i++) {
    char c = s[i];
    if (c == '#') needs |= i == 0;
    else if (c == '~') needs |= i == 0 || s[i - 1] == ':' || s[i - 1] == '=';
    else if (std::string_view(" \t\n'\"\\|&;()<>!{}*[?]^$`,").find(c) != std::string_view::npos) needs |= c != ',';
  }
  if (!needs) return needs_ansi_quote(s, utf8) ? bash_ansi_quote(s, utf8) : s;
  if (s == "'") return "\\'";
  return single_quote(s);
}

}  // namespace

std::string Shell::trace_prefix() {
  const Variable* v = vars().find(sym::kPS4);
  if (!v || !v->is_set()) return "";
  std::string ps4 = v->text();
  // PS4 is expanded with tracing off and without disturbing $?.
  int status = state_.last_status;
  state_.options.set(Option::XTrace, false);
  std::string text = prompt_string(ps4);
  state_.options.set(Option::XTrace, true);
  set_status(status);
  // Its first character is repeated to show the depth of nested evaluation.
  int depth = trace_depth_ + std::max(text_depth_ - 1, 0);
  if (!text.empty()) text.insert(0, static_cast<size_t>(depth), text[0]);
  return text;
}

void Shell::trace(const std::string& text) {
  int fd = 2;
  if (const std::string* v = expander_.value_of(sym::kBASH_XTRACEFD); v && !v->empty()) {
    int n = std::atoi(v->c_str());
    if (process_->fds().get(n)) fd = n;
  }
  (void)process_->write(fd, trace_prefix() + text + "\n");
}

/// What a declaration assigns to arrays, which comes first and leaves its name in the command.
void Shell::trace_declared(Args& args) {
  for (size_t i = 0; i < args.compound.size(); i++) {
    Args::Compound* c = args.compound_at(i);
    if (!c) continue;
    std::string line;
    for (const CompoundValue::Item& item : c->value.items) {
      if (!line.empty()) line += ' ';
      if (item.keyed) line += "[" + single_quote(item.key) + "]" + (item.element->append ? "+=" : "=");
      line += single_quote(item.value);
    }
    trace(args[i] + (c->assignment->append ? "+=(" : "=(") + line + ")");
  }
}

void Shell::trace_simple(const Args& args) {
  std::string line;
  for (size_t i = 0; i < args.size(); i++) {
    if (i) line += ' ';
    line += traced_word(args[i], expander_.utf8());
  }
  trace(line);
}

std::string Shell::traced_elements(const ir::Assignment& a) {
  // As written: bash shows the source of a compound value.
  std::string out;
  for (const ast::ArrayItem& item : a.ast->items) {
    if (!out.empty()) out += ' ';
    if (item.index) out += "[" + std::string(item.index->raw) + "]" + (item.append ? "+=" : "=");
    if (item.value) out += item.value->raw;
  }
  return out;
}

void Shell::trace_assignment(const ir::Assignment& a, const std::string& value) {
  std::string line(a.ast->name);
  if (a.ast->index) line += "[" + std::string(a.ast->index->raw) + "]";
  line += a.append ? "+=" : "=";
  if (a.compound) line += "(" + traced_elements(a) + ")";
  else if (!value.empty()) line += traced_word(value, expander_.utf8());
  trace(line);
}

void Shell::trace_assigned(const std::string& name, const std::string& value) {
  trace(name + "=" + (value.empty() ? "" : traced_word(value, expander_.utf8())));
}

void Shell::trace_arith(const ir::ArithText& t) {
  if (!state_.options[Option::XTrace]) return;
  std::string text;
  if (t.word && !expander_.string(*t.word, &text)) return;
  if (!t.word) text = t.source;
  trace("(( " + text + " ))");
}

void Shell::trace_cond(std::string_view op, const std::string& a, const std::string* b) {
  auto shown = [&](const std::string& s) { return s.empty() ? std::string("''") : s; };
  if (!b) return trace("[[ " + std::string(op) + " " + shown(a) + " ]]");
  trace("[[ " + shown(a) + " " + std::string(op) + " " + shown(*b) + " ]]");
}

Flow Shell::trace_for(const ir::For& c) {
  if (Flow f = debug_trap(c); f != Flow::Next) return f;
  (void)skips();   // the round goes on
  if (!state_.options[Option::XTrace]) return Flow::Next;
  std::string line = c.kind == ast::CommandKind::Select ? "select " : "for ";
  line += symbols().name(c.name);
  if (c.has_in) {
    line += " in";
    for (const ir::Word* w : c.words) line += " " + std::string(w->ast->raw);
  }
  trace(line);
  return Flow::Next;
}

}  // namespace nacre
