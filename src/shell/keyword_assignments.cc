// set -k: what looks like an assignment behind the command word is one, too.
// Source: bash manual 4.3.1, -k.
#include "shell/shell.h"

namespace nacre {
namespace {

/// name=value, name+=value or name[...]=value as the shell reads it: no character of the name is quoted.
bool looks_like_assignment(std::string_view raw) {
  size_t eq = raw.find('=');
  if (eq == raw.npos) return false;
  std::string_view name = raw.substr(0, eq);
  if (name.ends_with('+')) name.remove_suffix(1);
  if (name.ends_with(']')) name = name.substr(0, name.find('['));
  return is_name(name);
}

/// The assignment a word is, from its text.
const ir::Assignment* read_assignment(std::string_view raw, const ParseOptions& how, Symbols& symbols, std::shared_ptr<const Program>* kept) {
  Parser parser(raw, how);
  ParseResult r = parser.next();
  if (r.status != ParseResult::Status::Command) return nullptr;
  *kept = lower(r.tree, symbols, {});
  const ir::Command* c = (*kept)->list->items[0].command;
  if (c->kind != ast::CommandKind::Simple) return nullptr;
  const auto& simple = static_cast<const ir::Simple&>(*c);
  return simple.words.empty() && simple.assignments.size() == 1 ? &simple.assignments[0] : nullptr;
}

}  // namespace

bool Shell::has_keyword_assignments(const ir::Simple& c) const {
  for (size_t i = 1; i < c.words.size(); i++)
    if (!c.words[i].word || looks_like_assignment(c.words[i].word->ast->raw)) return true;
  return false;
}

Flow Shell::run_with_keywords(const ir::Simple& c) {
  std::vector<ir::Assignment> assignments(c.assignments.begin(), c.assignments.end());
  std::vector<ir::Argument> words;
  std::vector<std::shared_ptr<const Program>> kept;
  ParseOptions how = parse_options();
  how.first_line = c.line;
  for (const ir::Argument& a : c.words) {
    const ir::Assignment* found = words.empty() ? nullptr : a.assignment;
    if (!words.empty() && !found && looks_like_assignment(a.word->ast->raw)) {
      kept.emplace_back();
      found = read_assignment(a.word->ast->raw, how, symbols(), &kept.back());
    }
    if (found) assignments.push_back(*found);
    else words.push_back(a);
  }
  ir::Simple all = c;
  all.assignments = {assignments.data(), assignments.size()};
  all.words = {words.data(), words.size()};
  return run_simple(all);
}

}  // namespace nacre
