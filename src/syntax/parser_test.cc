#include "syntax/parser.h"

#include <gtest/gtest.h>

#include <map>

#include "syntax/print.h"

namespace nacre {
namespace {

using namespace ast;
using Status = ParseResult::Status;

class Lines : public LineSource {
 public:
  explicit Lines(std::vector<std::string> lines) : lines_(std::move(lines)) {}
  bool next_line(std::string& out, bool continuation) override {
    if (read == lines_.size()) return false;
    continued.push_back(continuation);
    out += lines_[read++];
    return true;
  }
  size_t read = 0;
  std::vector<bool> continued;

 private:
  std::vector<std::string> lines_;
};

const Simple& simple(const ParseResult& r, size_t item = 0) { return *static_cast<const Simple*>(r.tree->list->items[item].command); }

TEST(Parser, ReadsNoLineBeyondTheCommand) {
  Lines lines({"echo a\n", "if b\n", "then c; fi\n", "cat <<E\n", "body\n", "E\n", "d"});
  Parser p(lines, {});
  EXPECT_EQ(p.next().status, Status::Command);
  EXPECT_EQ(lines.read, 1u);
  EXPECT_EQ(p.next().status, Status::Command);
  EXPECT_EQ(lines.read, 3u);
  EXPECT_EQ(p.next().status, Status::Command);
  EXPECT_EQ(lines.read, 6u);
  EXPECT_EQ(p.line(), 7u);
  EXPECT_EQ(lines.continued, (std::vector<bool>{false, false, true, false, true, true}));
  EXPECT_EQ(p.next().status, Status::Command);
  EXPECT_EQ(p.next().status, Status::End);
}

TEST(Parser, ResumesAtTheNextLineAfterAnError) {
  Parser p("a ) b\necho c\n", {});
  EXPECT_EQ(p.next().status, Status::Error);
  ParseResult r = p.next();
  ASSERT_EQ(r.status, Status::Command);
  EXPECT_EQ(simple(r).words.size(), 2u);
  EXPECT_EQ(p.position(), 13u);
}

TEST(Parser, DropsNulBytes) {
  std::string text("ec\0ho a\0\n", 9);
  Parser p(text, {});
  EXPECT_EQ(simple(p.next()).words[0].word->raw, "echo");
}

TEST(Parser, TreeOutlivesParserAndText) {
  std::shared_ptr<const SyntaxTree> tree;
  {
    std::string text = "echo \"$x\" $(a) <<E\nbody $y\nE\n";
    tree = Parser(text, {}).next().tree;
    text.assign(text.size(), '#');
  }
  EXPECT_EQ(print_list(*tree->list), "echo \"$x\" $(a) <<E\nbody $y\nE\n");
}

TEST(Parser, HereDocumentBodies) {
  Parser p("cat <<E <<-'F' <<G\n\\$a \\b $b\\\n c\nE\n\tx $y\n\tF\nend", {});
  ParseResult r = p.next();
  auto redirects = simple(r).redirects;
  ASSERT_EQ(redirects.size(), 3u);
  EXPECT_EQ(redirects[0].target->raw, "\\$a \\b $b c\n");
  EXPECT_EQ(redirects[1].target->raw, "x $y\n");
  EXPECT_EQ(redirects[1].target->parts[0].kind, PartKind::SingleQuoted);
  EXPECT_TRUE(redirects[1].delimiter_quoted);
  EXPECT_EQ(redirects[2].target->raw, "end\n");   // the newline that the end of the file lacks, as bash
  EXPECT_TRUE(redirects[2].eof_before_delimiter);
}

TEST(Parser, ErrorsInsideBackquotesAndHereDocumentsWait) {
  Parser p("echo `fi` $((a; fi) ); cat <<E\n$(fi) ${x\nE\n", {});
  ParseResult r = p.next();
  ASSERT_EQ(r.status, Status::Command);
  EXPECT_EQ(simple(r).words[1].word->parts[0].error, "syntax error near unexpected token `fi'\n`fi'");
  EXPECT_FALSE(simple(r).words[2].word->parts[0].error.empty());
  const Part& body = simple(r, 1).redirects[0].target->parts[0];
  EXPECT_EQ(body.kind, PartKind::CommandSub);
  EXPECT_FALSE(body.error.empty());
}

TEST(Parser, Aliases) {
  std::map<std::string, std::string, std::less<>> aliases{{"e", "echo "}, {"w", "world"},    {"r", "r r"},           {"x", "y"},
                                                          {"y", "x"},     {"lines", "a\nb"}, {"IF", "if true; then"}};
  ParseOptions options;
  options.expand_aliases = true;
  auto parse = [&](std::string text) {
    Parser p(text, options, [&](std::string_view name) {
      auto i = aliases.find(name);
      return i == aliases.end() ? nullptr : &i->second;
    });
    std::string out;
    for (;;) {
      ParseResult r = p.next();
      if (r.status == Status::End) return out;
      if (r.status == Status::Error) return out + r.error.lines[0].text;
      if (r.tree->list) out += print_list(*r.tree->list) + "|";
      EXPECT_TRUE(r.tree->used_alias || text[0] == '\\');
    }
  };
  EXPECT_EQ(parse("e w w\n"), "echo world w|");
  EXPECT_EQ(parse("e e w\n"), "echo echo world|");
  EXPECT_EQ(parse("r\n"), "r r|");
  EXPECT_EQ(parse("x\n"), "x|");
  EXPECT_EQ(parse("IF w; fi\n"), "if true; then\n    world;\nfi|");
  EXPECT_EQ(parse("\\e w\n"), "\\e w|");
  aliases.erase("lines");
  EXPECT_EQ(parse("e $(e w)\n"), "echo $(e w)|");
}

TEST(Parser, DeepNestingIsAnErrorOrFine) {
  const char* openings[] = {"( ", "$(", "{ ",     "[[ ",           "[[ ( ", "${x:-", "\"${x:-", "`",    "$((",    "$[",   "if ",       "a=($(",
                            "<(", "((", "f() { ", "case x in a) ", "! ",    "a[$(",  "\"$(",    "$( (", "while ", "${x[", "echo $((a "};
  for (std::string open : openings) {
    std::string text;
    for (int i = 0; i < 100000; i++) text += open;
    Parser p(text, {});
    while (p.next().status == Status::Command) {
    }
  }
}

TEST(Parser, NestingLimit) {
  ParseOptions options;
  options.nesting = 50;
  std::string text = "a";
  for (int i = 0; i < 60; i++) text = "{ " + text + "; }";
  ParseResult r = Parser(text, options).next();
  ASSERT_EQ(r.status, Status::Error);
  EXPECT_EQ(r.error.kind, SyntaxError::Kind::Nesting);
  EXPECT_EQ(r.error.lines[0].text, "maximum nesting level exceeded");
}

// ---------------------------------------------------------------- words

const Word* word(std::shared_ptr<const SyntaxTree>& keep, const std::string& text) {
  ParseResult r = Parser("x " + text + "\n", {}).next();
  keep = r.tree;
  return r.status == Status::Command ? simple(r).words[1].word : nullptr;
}

TEST(Words, Parameters) {
  std::shared_ptr<const SyntaxTree> keep;
  auto param = [&](const std::string& text) -> const Param& { return *word(keep, text)->parts[0].param; };
  EXPECT_EQ(param("$xy").name, "xy");
  EXPECT_EQ(param("$10").name, "1");
  EXPECT_EQ(param("${10}").name, "10");
  EXPECT_TRUE(param("${#x}").length);
  EXPECT_EQ(param("${#}").name, "#");
  EXPECT_FALSE(param("${#}").length);
  EXPECT_EQ(param("${##}").name, "#");
  EXPECT_TRUE(param("${##}").length);
  EXPECT_EQ(param("${#:-a}").op, ParamOp::Default);
  EXPECT_EQ(param("${#-}").name, "-");
  EXPECT_EQ(param("${!x}").indirect, true);
  EXPECT_EQ(param("${!x@}").op, ParamOp::PrefixNames);
  EXPECT_EQ(param("${!x[@]}").op, ParamOp::Keys);
  EXPECT_EQ(param("${!-a}").name, "!");
  EXPECT_EQ(param("${x[$i+1]}").index->raw, "$i+1");
  EXPECT_EQ(param("${x[*]}").subscript, SubscriptKind::Star);
  EXPECT_EQ(param("${x:=a b}").arg->raw, "a b");
  EXPECT_TRUE(param("${x:=a b}").colon);
  EXPECT_EQ(param("${x////-}").op, ParamOp::ReplaceAll);
  EXPECT_EQ(param("${x////-}").arg->raw, "/");
  EXPECT_EQ(param("${x////-}").arg2->raw, "-");
  EXPECT_EQ(param("${x/a}").arg2, nullptr);
  EXPECT_NE(param("${x/a/}").arg2, nullptr);
  EXPECT_EQ(param("${x/#a/b}").op, ParamOp::ReplacePrefix);
  EXPECT_EQ(param("${x:a?1:2:3}").arg->raw, "a?1:2");
  EXPECT_EQ(param("${x:a?1:2:3}").arg2->raw, "3");
  EXPECT_EQ(param("${x^^[a-c]}").arg->raw, "[a-c]");
  EXPECT_EQ(param("${x^}").arg, nullptr);
  EXPECT_EQ(param("${x@Q}").transform, 'Q');
  EXPECT_EQ(param("${x~~}").op, ParamOp::ToggleAll);
  for (const char* bad : {"${}", "${x!y}", "${1a}", "${x:}", "${ x}", "${#x:-y}", "${x[}", "${@[1]}"}) {
    EXPECT_EQ(param(bad).op, ParamOp::Bad) << bad;
    EXPECT_EQ(param(bad).raw, bad);
  }
}

TEST(Words, Quoting) {
  std::shared_ptr<const SyntaxTree> keep;
  const Word* w = word(keep, R"(a\b'c'$'d\n'"e\$f$g\"h"$"i")");
  ASSERT_EQ(w->parts.size(), 6u);
  EXPECT_EQ(w->parts[0].text, "a");
  EXPECT_EQ(w->parts[1].kind, PartKind::Escaped);
  EXPECT_EQ(w->parts[2].text, "c");
  EXPECT_EQ(w->parts[3].text, "d\n");
  EXPECT_EQ(w->parts[4].parts.size(), 6u);
  EXPECT_TRUE(w->parts[5].locale);
  EXPECT_EQ(word(keep, "$'\\x41\\u00e9\\101\\cA\\e'")->parts[0].text,
            "A\xc3\xa9"
            "A\x01\x1b");
  EXPECT_EQ(word(keep, "$'a\\0b'")->parts[0].text, "a");
  EXPECT_EQ(word(keep, "a\\\nb")->parts.size(), 1u);
  EXPECT_EQ(word(keep, "a\\\nb")->parts[0].text, "ab");
  EXPECT_EQ(word(keep, "\"${x:-'a'}\"")->parts[0].parts[0].param->arg->parts[0].text, "'a'");
  EXPECT_EQ(word(keep, "\"${x#'a'}\"")->parts[0].parts[0].param->arg->parts[0].kind, PartKind::SingleQuoted);
}

TEST(Words, ArithmeticOrSubshell) {
  std::shared_ptr<const SyntaxTree> keep;
  EXPECT_EQ(word(keep, "$(( (1) + $x ))")->parts[0].kind, PartKind::ArithSub);
  EXPECT_EQ(word(keep, "$(( (1) + $x ))")->parts[0].word->raw, " (1) + $x ");
  EXPECT_EQ(word(keep, "$((a); (b))")->parts[0].kind, PartKind::CommandSub);
  EXPECT_EQ(word(keep, "$[1 + a[2]]")->parts[0].word->raw, "1 + a[2]");
  EXPECT_NE(word(keep, "$(case x in a) b;; esac)")->parts[0].list, nullptr);
}

TEST(Words, ExtglobIsLiteralText) {
  ParseOptions options;
  options.extglob = true;
  ParseResult r = Parser("x @(a b|'c')*\n", options).next();
  ASSERT_EQ(r.status, Status::Command);
  const Word* w = simple(r).words[1].word;
  ASSERT_EQ(w->parts.size(), 3u);
  EXPECT_EQ(w->parts[0].text, "@(a b|");
  EXPECT_EQ(w->parts[1].kind, PartKind::SingleQuoted);
}

TEST(Words, Assignments) {
  ParseResult r = Parser("a=1 b[i + 1]+=2 c=(x [y]=z) export d=$e f=(g)\n", {}).next();
  ASSERT_EQ(r.status, Status::Command);
  const Simple& s = simple(r);
  ASSERT_EQ(s.assignments.size(), 3u);
  EXPECT_EQ(s.assignments[1].index->raw, "i + 1");
  EXPECT_EQ(s.assignments[1].kind, AssignKind::Append);
  EXPECT_EQ(s.assignments[2].items.size(), 2u);
  ASSERT_EQ(s.words.size(), 3u);
  EXPECT_EQ(s.words[1].word->raw, "d=$e");
  EXPECT_EQ(s.words[1].assignment->name, "d");
  EXPECT_EQ(s.words[2].word, nullptr);
  EXPECT_TRUE(s.words[2].assignment->is_array);
}

TEST(Texts, DoubleQuotedWordAndItems) {
  Arena arena;
  SyntaxError error;
  const Word* w = parse_double_quoted(arena, "a \"$b\" \\$", {}, &error);
  ASSERT_NE(w, nullptr);
  EXPECT_EQ(w->parts[0].text, "a \"");
  EXPECT_EQ(w->parts.back().kind, PartKind::Escaped);
  EXPECT_EQ(parse_double_quoted(arena, "$(fi", {}, &error), nullptr);
  w = parse_word(arena, "a b'c d'\n$x", {}, &error);
  ASSERT_NE(w, nullptr);
  EXPECT_EQ(w->parts.size(), 4u);
  Seq<ArrayItem> items;
  EXPECT_TRUE(parse_array_items(arena, "1 [3]=x\n\"a b\"", {}, &items, &error));
  EXPECT_EQ(items.size(), 3u);
  EXPECT_FALSE(parse_array_items(arena, "a & b", {}, &items, &error));
}

}  // namespace
}  // namespace nacre
