// Recorded cases: sources, and what bash 5.2 made of them (tools/record_syntax).
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "syntax/parser.h"
#include "syntax/print.h"

namespace nacre {
namespace {

struct RecordedCase {
  std::string source;
  std::string bash;
  std::string nacre;   // what is printed instead, where `differs`
  bool differs = false;
};

std::vector<RecordedCase> read_cases(const std::string& name) {
  std::ifstream in(NACRE_CASES + name, std::ios::binary);
  std::vector<RecordedCase> cases;
  std::string line;
  int part = 0;
  while (std::getline(in, line)) {
    if (line == "==== SOURCE") {
      cases.emplace_back();
      part = 0;
    } else if (line == "---- BASH") {
      part = 1;
    } else if (line == "---- NACRE") {
      part = 2;
      cases.back().differs = true;
    } else {
      RecordedCase& c = cases.back();
      (part == 0 ? c.source : part == 1 ? c.bash : c.nacre) += line + "\n";
    }
  }
  // The newline before the marker is not part of the source.
  for (RecordedCase& c : cases) c.source.pop_back();
  return cases;
}

TEST(Recorded, PrintsFunctionsAsBash) {
  std::vector<RecordedCase> cases = read_cases("print.cases");
  ASSERT_GT(cases.size(), 20u);
  for (const RecordedCase& c : cases) {
    Parser parser(c.source, {});
    std::string printed;
    for (;;) {
      ParseResult r = parser.next();
      if (r.status == ParseResult::Status::End) break;
      ASSERT_EQ(r.status, ParseResult::Status::Command) << c.source << r.error.lines[0].text;
      if (!r.tree->list) continue;
      for (const ast::ListItem& i : r.tree->list->items)
        if (i.command->kind == ast::CommandKind::Function) printed = print_function(*static_cast<const ast::Function*>(i.command)) + "\n";
    }
    EXPECT_EQ(printed, c.differs ? c.nacre : c.bash) << c.source;
  }
}

TEST(Recorded, ReportsErrorsAsBash) {
  std::vector<RecordedCase> cases = read_cases("errors.cases");
  ASSERT_GT(cases.size(), 200u);
  for (const RecordedCase& c : cases) {
    Parser parser(c.source, {});
    std::string printed;
    for (;;) {
      ParseResult r = parser.next();
      if (r.status == ParseResult::Status::Command) continue;
      for (const SyntaxError::Line& l : r.error.lines) printed += "line " + std::to_string(l.line) + ": " + l.text + "\n";
      break;
    }
    EXPECT_EQ(printed, c.differs ? c.nacre : c.bash) << c.source;
  }
}

}  // namespace
}  // namespace nacre
