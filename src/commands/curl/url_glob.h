/// url_glob: one word that stands for many URLs: {a,b,c}, [1-100], [001-100:10], [a-z].
/// Source: curl(1) 7.88, "GLOBBING"; the messages are the tool's.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nacre::curl {

class UrlGlob {
 public:
  /// False, with *error ("bad range in URL position 9:" and the place), when the word is wrong.
  bool parse(const std::string& word, std::string* error);
  /// How many URLs it stands for.
  uint64_t size() const { return size_; }
  /// The URL number `index`: the last part changes fastest.
  std::string url(uint64_t index) const;
  /// A file name with #1, #2 ... replaced by what stands in those places of URL number `index`.
  std::string file_name(const std::string& pattern, uint64_t index) const;

 private:
  struct Part {
    std::vector<std::string> words;       ///< of a set, or the one of plain text
    bool text = false, letters = false;
    uint64_t first = 0, last = 0, step = 0;   ///< of a range; step 0: not one
    size_t width = 0;
    uint64_t count() const { return step ? (last - first) / step + 1 : words.size(); }
    std::string at(uint64_t i) const;
  };
  bool parse_set(std::string_view& rest, size_t& place);
  bool parse_range(std::string_view& rest, size_t& place);
  bool parse_numbers(std::string_view& rest, Part& part) const;
  bool parse_letters(std::string_view& rest, Part& part) const;
  bool wrong(const char* what, size_t place);
  bool add(Part part, size_t place);

  std::string word_, error_;
  std::vector<Part> parts_;
  uint64_t size_ = 1;
};

}  // namespace nacre::curl
