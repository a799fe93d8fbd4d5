/// onig: regular expressions of Oniguruma with the syntax and options of jq.
/// Patterns and texts are valid UTF-8. Matching stops at a number of retries, so
/// that no pattern runs for long. Nothing throws.
/// Source: Oniguruma's doc/RE and doc/API; jq 1.8 manual, "Regular expressions".
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nacre {

constexpr uint32_t kOnigIgnoreCase = 1;      ///< i
constexpr uint32_t kOnigExtended = 2;        ///< x
constexpr uint32_t kOnigSingleLine = 4;      ///< s: ^ is only the beginning of the text, $ its end
constexpr uint32_t kOnigDotAll = 8;          ///< n of jq's p: . matches a newline
constexpr uint32_t kOnigLongest = 16;        ///< l
constexpr uint32_t kOnigNotEmpty = 32;       ///< n

struct OnigSpan {
  int begin = -1, end = -1;
};

class OnigRegex {
 public:
  /// Null and *error in Oniguruma's words.
  static std::unique_ptr<OnigRegex> compile(std::string_view pattern, uint32_t flags, std::string* error);
  ~OnigRegex();
  enum class Result : uint8_t { Match, None, Error };
  /// The first match at or after start; spans[0] is the match, spans[k] group k.
  Result search(std::string_view text, size_t start, std::vector<OnigSpan>& spans, std::string* error) const;
  int groups() const { return static_cast<int>(names_.size()); }
  /// Name of group 1..groups(); "" when it has none.
  const std::string& name(int group) const { return names_[static_cast<size_t>(group - 1)]; }

 private:
  OnigRegex() = default;
  void* regex_ = nullptr;
  void* region_ = nullptr;
  std::vector<std::string> names_;
};

}  // namespace nacre
