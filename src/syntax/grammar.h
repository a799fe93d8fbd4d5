/// Grammar: tokens to commands, by recursive descent, one function per
/// production of the shell grammar. An unexpected token is reported where a
/// table-driven parser would: at the first token no production allows.
///
/// Every function returns null after a failure; Scanner keeps the error, and
/// every later token is Tok::Error, so loops end by themselves.
/// Source: bash manual, "Shell Grammar"; POSIX XCU 2.10.
#pragma once
#include <string_view>
#include <vector>

#include "syntax/ast.h"
#include "syntax/scanner.h"

namespace nacre {

class Grammar final : public CommandReader {
 public:
  Grammar(ScriptInput& input, ParseOptions& options, const AliasLookup& aliases) : s_(input, options, aliases, *this), options_(options) {}

  Scanner& scanner() { return s_; }

  enum class Status : uint8_t { Command, Blank, End, Failed };
  /// Commands up to the newline that ends a complete command.
  Status complete_command(const ast::List** out);
  /// All commands up to the end of input; null when there are none.
  const ast::List* whole_text();
  const ast::List* substitution_body() override;

 private:
  // grammar.cc
  const ast::List* list(bool top);
  const ast::List* compound_list();
  const ast::Command* and_or();
  const ast::Command* pipeline();
  const ast::Command* command(Expect expect);
  void skip_newlines(Expect expect);
  bool expect(Tok kind, Expect context);
  // simple_command.cc
  const ast::Command* simple_command();
  const ast::Command* simple_command_from(const Token& first, uint32_t begin);
  const ast::Command* simple_command_of(const Token& first);
  bool redirect(std::vector<ast::Redirect*>& out);
  ast::Seq<ast::Redirect> take_redirects(const std::vector<ast::Redirect*>& list);
  const ast::Command* function_definition(const ast::Word* name, uint32_t begin, uint32_t line, bool keyword);
  const ast::Command* function_keyword();
  const ast::Command* coproc();
  // compound.cc
  const ast::Command* compound(Tok kind);
  ast::Command* compound_body(Tok kind);
  ast::Command* group(Tok close, ast::CommandKind kind);
  ast::Command* if_command();
  ast::Command* loop(ast::CommandKind kind);
  ast::Command* for_command(ast::CommandKind kind);
  ast::Command* arith_for();
  const ast::List* do_group(bool* braces);
  ast::Command* case_command();
  bool case_clause(ast::CaseClause& clause);
  // cond.cc
  ast::Command* cond_command();
  const ast::CondExpr* cond_or();
  const ast::CondExpr* cond_and();
  const ast::CondExpr* cond_term();
  const ast::CondExpr* cond_word();
  const ast::CondExpr* cond_binary(const ast::Word* left);
  void cond_newlines();
  std::string cond_token();
  void cond_fail(std::string_view before, std::string_view after, std::string_view plain);

  Scanner s_;
  ParseOptions& options_;
};

/// May a command begin with this token?
bool starts_command(Tok kind);
/// ... and is it a compound command?
bool starts_compound(Tok kind);

}  // namespace nacre
