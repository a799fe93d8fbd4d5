/// Regular expressions and function calls of AwkInterp.
#include <cstring>

#include "commands/awk/interp.h"

namespace nacre {

const Regex& AwkInterp::dynamic_regex(const std::string& pattern) {
  std::string key = fold_ ? "i" + pattern : pattern;
  auto found = regexes_.find(key);
  if (found != regexes_.end()) return *found->second;
  if (regexes_.size() > 500) regexes_.clear();
  for (char c : prog_.unknown_escapes(pattern)) warning(awk_escape_warning(c));
  size_t backslashes = 0;
  while (backslashes < pattern.size() && pattern[pattern.size() - 1 - backslashes] == '\\') backslashes++;
  if (backslashes % 2 == 1) fatal("invalid regexp: Trailing backslash: /" + pattern + "/");
  std::string error;
  // A repetition with nothing before it stands for itself.
  std::string plain = !pattern.empty() && std::strchr("*+?", pattern[0]) ? "\\" + pattern : pattern;
  auto re = Regex::compile(plain, regex_flags(), &error);
  if (!re) fatal("invalid regexp: " + error + ": /" + pattern + "/");
  return *regexes_.emplace(key, std::move(re)).first->second;
}

const Regex& AwkInterp::regex(const AwkNode* n) {
  if (n->op == AwkOp::Group && n->list.empty()) return regex(n->a);
  if (n->op == AwkOp::Regex || n->op == AwkOp::RegexValue) return fold_ ? dynamic_regex(std::string(n->value.text.view())) : *n->regex;
  return dynamic_regex(text(n));
}

bool AwkInterp::matches(const AwkNode* pattern, std::string_view s) {
  const Regex& re = regex(pattern);
  return re.matches(s);
}

AwkValue AwkInterp::call(const AwkNode* n) {
  const AwkFunction& f = prog_.functions[static_cast<size_t>(n->slot)];
  std::vector<AwkCell> arguments(static_cast<size_t>(f.parameters));
  for (size_t i = 0; i < n->list.size(); i++) {
    const AwkNode* a = n->list[i];
    if (i >= arguments.size()) {
      if (i == arguments.size()) warning("function `" + f.name + "' called with more arguments than declared");
      eval(a);
    } else if (a->op == AwkOp::Global || a->op == AwkOp::Local) {
      AwkCell& c = cell(a);
      if (a->op == AwkOp::Global && a->slot == kNF && !split_) split_fields();
      arguments[i].array = existing_array(a);
      arguments[i].value = c.value;
      if (!c.array && c.value.kind == AwkValue::Unset) arguments[i].origin = &c;
    } else if (a->op == AwkOp::Index && (arguments[i].array = existing_array(a))) {
      continue;
    } else {
      arguments[i].value = eval(a);
    }
  }
  return call_function(n->slot, std::move(arguments), n);
}

AwkValue AwkInterp::call_function(int slot, std::vector<AwkCell> arguments, const AwkNode* n) {
  const AwkFunction& f = prog_.functions[static_cast<size_t>(slot)];
  if (++depth_ > 10000) fatal("function calls nested too deeply");
  p_.tick();
  size_t saved = frame_;
  size_t top = stack_.size();
  for (auto& a : arguments) stack_.push_back(std::move(a));
  frame_ = top;
  const AwkFunction* caller = std::exchange(running_, &f);
  frames_.push_back({n, caller});
  const AwkNode* called_from = now_;
  return_value_ = AwkValue();
  Flow flow = exec(f.body);
  if (flow == Flow::Exit || flow == Flow::Next || flow == Flow::NextFile) pending_ = flow;
  AwkValue result = std::exchange(return_value_, AwkValue());
  while (stack_.size() > top) stack_.pop_back();
  frame_ = saved;
  running_ = caller;
  frames_.pop_back();
  now_ = called_from;
  depth_--;
  return result;
}

// @name(...): the function of the program, or else the built-in one, whose name the variable holds.
AwkValue AwkInterp::call_indirect(const AwkNode* n) {
  std::string name = text(n->a);
  AwkNode direct;
  direct.list = n->list;
  direct.line = n->line;
  direct.source = n->source;
  if (int slot = prog_.function(name); slot >= 0) {
    direct.op = AwkOp::Call;
    direct.slot = slot;
    return call(&direct);
  }
  auto which = awk_builtin(name);
  if (!which) fatal("`" + name + "' is not a function, so it cannot be called indirectly");
  direct.op = AwkOp::Builtin;
  direct.slot = static_cast<int>(*which);
  return builtin(&direct);
}

}  // namespace nacre
