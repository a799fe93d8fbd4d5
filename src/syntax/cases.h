/// Recorded cases: sources and what bash 5.2 made of them (tools/record_syntax).
/// For tests alone.
#pragma once
#include <string>
#include <vector>

namespace nacre {

struct RecordedCase {
  std::string source;
  std::string bash;
  std::string nacre;   ///< what is printed instead, where `differs`
  bool differs = false;
};

/// Reads FILE.cases beside the test's source file.
std::vector<RecordedCase> read_cases(const std::string& test_file, const std::string& name);

}  // namespace nacre
