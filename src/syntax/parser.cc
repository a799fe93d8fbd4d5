#include "syntax/parser.h"

#include "syntax/grammar.h"
#include "syntax/text_reader.h"

namespace nacre {
using namespace ast;

struct Parser::Impl {
  Impl(std::string_view text, const ParseOptions& o, AliasLookup a) : options(o), aliases(std::move(a)), input(text), grammar(input, options, aliases) {}
  Impl(LineSource& source, const ParseOptions& o, AliasLookup a) : options(o), aliases(std::move(a)), input(source), grammar(input, options, aliases) {}

  ParseOptions options;
  AliasLookup aliases;
  ScriptInput input;
  Grammar grammar;
};

Parser::Parser(std::string_view text, const ParseOptions& options, AliasLookup aliases) : impl_(std::make_unique<Impl>(text, options, std::move(aliases))) {
  impl_->grammar.scanner().set_line(options.first_line);
}
Parser::Parser(LineSource& source, const ParseOptions& options, AliasLookup aliases) : impl_(std::make_unique<Impl>(source, options, std::move(aliases))) {
  impl_->grammar.scanner().set_line(options.first_line);
}
Parser::~Parser() = default;

void Parser::set_line_hook(LineHook* hook) { impl_->input.hook = hook; }
ParseOptions& Parser::options() { return impl_->options; }
uint32_t Parser::line() const { return impl_->grammar.scanner().line(); }
size_t Parser::position() const { return impl_->input.position(impl_->grammar.scanner().position()); }

ParseResult Parser::next() {
  Scanner& s = impl_->grammar.scanner();
  auto tree = std::make_shared<SyntaxTree>();
  s.begin_command(tree->arena);
  ParseResult result{};
  const List* list = nullptr;
  auto status = impl_->grammar.complete_command(&list);
  result.warnings = s.take_warnings();
  switch (status) {
    case Grammar::Status::End:
      result.status = ParseResult::Status::End;
      impl_->input.end_command(s.position());
      return result;
    case Grammar::Status::Failed:
      result.status = ParseResult::Status::Error;
      result.error = s.take_error();
      s.skip_line();
      tree->source = impl_->input.view(0, s.position());
      result.tree = std::move(tree);
      impl_->input.end_command(s.position());
      return result;
    case Grammar::Status::Blank:
    case Grammar::Status::Command: break;
  }
  tree->list = list;
  tree->used_alias = s.used_alias();
  tree->source = impl_->input.view(0, s.position());
  tree->end_line = s.line() - (tree->source.ends_with('\n') ? 1 : 0);
  impl_->input.end_command(s.position());
  result.status = ParseResult::Status::Command;
  result.tree = std::move(tree);
  return result;
}

// ---------------------------------------------------------------- texts inside a tree

namespace {

const AliasLookup kNoAliases;

// A reader over stable text, sharing an arena.
struct TextReader {
  TextReader(Arena& arena, std::string_view text, const ParseOptions& o, const AliasLookup& aliases, uint32_t line, const TextNesting& nesting)
      : options(o), input(text), grammar(input, options, aliases) {
    scanner().begin_command(arena);
    scanner().set_line(line);
    scanner().set_nesting(nesting);
  }
  Scanner& scanner() { return grammar.scanner(); }

  ParseOptions options;
  ScriptInput input;
  Grammar grammar;
};

}  // namespace

void parse_substitution_text(Arena& arena, std::string_view text, const ParseOptions& options, const AliasLookup& aliases, uint32_t line,
                             const TextNesting& nesting, Part& part) {
  TextReader reader(arena, text, options, aliases, line, nesting);
  part.list = reader.grammar.whole_text();
  if (!reader.scanner().failed()) return;
  SyntaxError error = reader.scanner().take_error();
  std::string message;
  for (const SyntaxError::Line& l : error.lines) message += (message.empty() ? "" : "\n") + l.text;
  part.error = arena.copy(message);
  part.error_line = error.lines.empty() ? line : error.lines[0].line;
}

const Word* parse_here_document(Arena& arena, std::string_view text, const ParseOptions& options, const AliasLookup& aliases, uint32_t line,
                                const TextNesting& nesting) {
  TextReader reader(arena, text, options, aliases, line, nesting);
  reader.scanner().lenient = true;
  return reader.scanner().double_quoted_text();
}

const Word* parse_double_quoted(Arena& arena, std::string_view text, const ParseOptions& options, SyntaxError* error) {
  TextReader reader(arena, text, options, kNoAliases, options.first_line, {});
  const Word* w = reader.scanner().double_quoted_text();
  if (!reader.scanner().failed()) return w;
  if (error) *error = reader.scanner().take_error();
  return nullptr;
}

const Word* parse_word(Arena& arena, std::string_view text, const ParseOptions& options, SyntaxError* error) {
  TextReader reader(arena, text, options, kNoAliases, options.first_line, {});
  const Word* w = reader.scanner().word_text();
  if (!reader.scanner().failed()) return w;
  if (error) *error = reader.scanner().take_error();
  return nullptr;
}

bool parse_array_items(Arena& arena, std::string_view text, const ParseOptions& options, Seq<ArrayItem>* out, SyntaxError* error) {
  std::string closed(text);
  closed += ')';
  std::string_view stable = arena.copy(closed);
  TextReader reader(arena, stable, options, kNoAliases, options.first_line, {});
  *out = reader.scanner().array_items(options.first_line);
  if (!reader.scanner().failed()) return true;
  if (error) *error = reader.scanner().take_error();
  return false;
}

}  // namespace nacre
