#include <gtest/gtest.h>
#include "syntax/parser.h"
TEST(Smoke, Echo) { nacre::Parser p("echo hi\n", {}); EXPECT_EQ(p.next().status, nacre::ParseResult::Status::Command); }
