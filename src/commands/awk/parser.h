/// AwkParser: the tree of a program by recursive descent. Statements are in
/// parser.cc, expressions in expressions.cc.
/// Source: POSIX XCU awk, "Grammar"; gawk manual, appendix of the language.
#pragma once
#include <map>
#include <memory>
#include <set>

#include "commands/awk/lexer.h"

namespace nacre {

class AwkParser : private AwkLexer {
 public:
  AwkParser(std::vector<AwkSource> sources, AwkInclude include, const AwkDialect& dialect, AwkProgram& program)
      : AwkLexer(std::move(sources), dialect, program), include_(std::move(include)) {}
  void run();

 private:
  void fatal(const std::string& message) {
    if (!ok()) return;
    error("fatal: " + message);
    program_.error_status = 2;
  }
  void expect(std::string_view op) {
    if (ok() && !accept(op)) syntax();
  }
  AwkNode* node(AwkOp op, AwkNode* a = nullptr, AwkNode* b = nullptr, AwkNode* c = nullptr);
  AwkNode* number(double v);

  // ---- items and statements
  void item();
  /// With notes: what stands before an item, and its namespace.
  void note_item(const AwkNode* key, const std::string& before);
  void note_trailing(const AwkNode* n);
  void note_comments(std::vector<AwkNode*>& list);
  void directive();
  void function(std::string before);
  int function_slot(const std::string& name);
  void check_functions();
  void lint_functions();
  void lint_effect(const AwkNode* statement);
  AwkNode* condition();
  AwkNode* block();
  void end_statement();
  AwkNode* body_statement();
  AwkNode* statement();
  AwkNode* statement_here();
  AwkNode* if_statement();
  AwkNode* while_statement();
  AwkNode* do_statement();
  AwkNode* for_statement();
  AwkNode* switch_statement();
  AwkNode* loop_body();
  AwkNode* simple();
  AwkNode* jump();
  AwkNode* delete_statement();
  AwkNode* print_statement(bool formatted);

  // ---- expressions, by rising precedence
  AwkNode* expression();
  AwkNode* assignment();
  AwkNode* conditional();
  AwkNode* or_expression();
  AwkNode* and_expression();
  AwkNode* in_expression();
  AwkNode* match_expression();
  AwkNode* comparison();
  AwkNode* concatenation();
  AwkNode* additive();
  AwkNode* multiplicative();
  AwkNode* unary();
  AwkNode* power();
  AwkNode* postfix();
  AwkNode* primary();
  AwkNode* group();
  AwkNode* field();
  AwkNode* variable(const std::string& name);
  AwkNode* named();
  AwkNode* optional_lvalue();
  AwkNode* regex_literal();
  AwkNode* at_expression();
  AwkNode* call();
  AwkNode* builtin_call();
  std::vector<AwkNode*> arguments();
  std::vector<AwkNode*> expression_list();
  std::vector<AwkNode*> subscripts();
  bool starts_operand() const;
  static bool is_lvalue(const AwkNode* n) { return n->op == AwkOp::Global || n->op == AwkOp::Local || n->op == AwkOp::Field || n->op == AwkOp::Index; }

  /// Inside ( ), [ ] and argument lists, > is a comparison again, and so on.
  struct Fresh {
    explicit Fresh(AwkParser& p) : p_(p), greater_(std::exchange(p.no_greater_, 0)), pipe_(std::exchange(p.no_pipe_, 0)), in_(std::exchange(p.no_in_, 0)) {}
    ~Fresh() {
      p_.no_greater_ = greater_;
      p_.no_pipe_ = pipe_;
      p_.no_in_ = in_;
    }
    AwkParser& p_;
    int greater_, pipe_, in_;
  };

  AwkInclude include_;
  std::map<std::string, int> locals_;
  std::set<std::string> included_;
  std::string rule_;              ///< "BEGIN" and so on while one is parsed
  bool in_function_ = false, for_head_ = false;
  int loops_ = 0, switches_ = 0;
  int no_greater_ = 0, no_pipe_ = 0, no_in_ = 0;
};

/// A program whose `error` is empty, or not usable.
std::unique_ptr<AwkProgram> parse_awk(std::vector<AwkSource> sources, AwkInclude include, const AwkDialect& dialect);

}  // namespace nacre
