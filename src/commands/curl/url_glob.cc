#include "commands/curl/url_glob.h"

#include "algo/unicode.h"

namespace nacre::curl {
namespace {

// "[::1]" and its like are addresses, not ranges. Their size; 0 if it is none.
size_t address_size(std::string_view s) {
  const size_t end = s.find(']');
  if (end == s.npos || end < 3) return 0;
  const std::string_view inside = s.substr(1, end - 1);
  const bool address = inside.find(':') != inside.rfind(':') && inside.find_first_not_of("0123456789abcdefABCDEF:.%") == inside.npos;
  return address ? end + 1 : 0;
}

bool take_number(std::string_view& s, uint64_t& n) {
  size_t i = 0;
  for (n = 0; i < s.size() && i < 18 && ascii_digit(s[i]); i++) n = n * 10 + static_cast<uint64_t>(s[i] - '0');
  s.remove_prefix(i);
  return i > 0;
}

}  // namespace

std::string UrlGlob::Part::at(uint64_t i) const {
  if (!step) return words[i];
  const uint64_t value = first + i * step;
  if (letters) return std::string(1, static_cast<char>(value));
  std::string out = std::to_string(value);
  return out.size() < width ? std::string(width - out.size(), '0') + out : out;
}

bool UrlGlob::wrong(const char* what, size_t place) {
  error_ = std::string(what) + " in URL position " + std::to_string(place) + ":\n" + word_ + "\n" + std::string(std::max<size_t>(place - 1, 1), ' ') + "^";
  return false;
}

bool UrlGlob::add(Part part, size_t place) {
  if (__builtin_mul_overflow(size_, part.count(), &size_) || size_ > INT64_MAX) return wrong("range overflow", place);
  parts_.push_back(std::move(part));
  return true;
}

bool UrlGlob::parse(const std::string& word, std::string* error) {
  word_ = word;
  std::string_view rest = word_;
  size_t place = 1;
  bool good = true;
  std::string text;
  auto end_text = [&] {
    if (!text.empty()) {
      Part part;
      part.text = true;
      part.words = {std::exchange(text, "")};
      parts_.push_back(std::move(part));
    }
  };
  while (good && !rest.empty()) {
    const char c = rest[0];
    if (const size_t n = c == '[' ? address_size(rest) : 0) {
      text += rest.substr(0, n);
      rest.remove_prefix(n);
      place += n;
    } else if (c == '{' || c == '[') {
      end_text();
      rest.remove_prefix(1);
      place++;
      good = c == '{' ? parse_set(rest, place) : parse_range(rest, place);
    } else if (c == '}' || c == ']') {
      good = wrong("unmatched close brace/bracket", place);
    } else {
      const bool escaped = c == '\\' && rest.size() > 1 && std::string_view("{[}]").find(rest[1]) != std::string_view::npos;
      text += rest[escaped];
      rest.remove_prefix(1 + escaped);
      place += 1 + escaped;
    }
  }
  end_text();
  if (!good) *error = error_;
  return good;
}

bool UrlGlob::parse_set(std::string_view& rest, size_t& place) {
  Part part;
  std::string one;
  for (const size_t begin = place - 1;;) {
    if (rest.empty()) return wrong("unmatched brace", begin);
    const char c = rest[0];
    if (c == '{' || c == '[') return wrong("nested brace", place);
    if (c == ']') return wrong("unexpected close bracket", place);
    if (c == '}' && part.words.empty() && one.empty()) return wrong("empty string within braces", place);
    if (c == ',' || c == '}') part.words.push_back(std::exchange(one, ""));
    const bool escaped = c == '\\' && rest.size() > 1;
    if (c != ',' && c != '}') one += rest[escaped];
    rest.remove_prefix(1 + escaped);
    place += 1 + escaped;
    if (c == '}') return add(std::move(part), place);
  }
}

// "a-z]" and "a-z:2]".
bool UrlGlob::parse_letters(std::string_view& rest, Part& part) const {
  if (rest.size() < 4 || rest[1] != '-') return false;
  part.letters = true;
  part.first = static_cast<unsigned char>(rest[0]);
  part.last = static_cast<unsigned char>(rest[2]);
  part.step = 1;
  rest.remove_prefix(3);
  if (rest[0] == ':') {
    rest.remove_prefix(1);
    if (!take_number(rest, part.step)) return false;
  }
  if (!rest.starts_with(']')) return false;
  rest.remove_prefix(1);
  return part.last <= part.first + ('z' - 'a');
}

// "1-10]" and "01-10:3]".
bool UrlGlob::parse_numbers(std::string_view& rest, Part& part) const {
  const size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  if (rest[0] == '0') part.width = digits;
  part.step = 1;
  if (!take_number(rest, part.first) || !rest.starts_with('-')) return false;
  rest.remove_prefix(1);
  while (rest.starts_with(' ') || rest.starts_with('\t')) rest.remove_prefix(1);
  if (!take_number(rest, part.last)) return false;
  if (rest.starts_with(':')) {
    rest.remove_prefix(1);
    if (!take_number(rest, part.step)) return false;
  }
  if (!rest.starts_with(']')) return false;
  rest.remove_prefix(1);
  return true;
}

bool UrlGlob::parse_range(std::string_view& rest, size_t& place) {
  Part part;
  const size_t before = rest.size();
  if (rest.empty() || !(ascii_alpha(rest[0]) || ascii_digit(rest[0]))) return wrong("bad range specification", place);
  const bool read = ascii_alpha(rest[0]) ? parse_letters(rest, part) : parse_numbers(rest, part);
  place += before - rest.size();
  const bool one = part.first == part.last;
  if (!read || part.step == 0 || (one && part.step != 1) || (!one && (part.first > part.last || part.step > part.last - part.first)))
    return wrong("bad range", place);
  return add(std::move(part), place);
}

std::string UrlGlob::url(uint64_t index) const {
  std::vector<std::string> words(parts_.size());
  for (size_t i = parts_.size(); i-- > 0; index /= parts_[i].count()) words[i] = parts_[i].at(index % parts_[i].count());
  std::string out;
  for (const auto& w : words) out += w;
  return out;
}

std::string UrlGlob::file_name(const std::string& pattern, uint64_t index) const {
  std::vector<std::string> words;
  for (size_t i = parts_.size(); i-- > 0; index /= parts_[i].count())
    if (!parts_[i].text) words.insert(words.begin(), parts_[i].at(index % parts_[i].count()));
  std::string out;
  for (size_t i = 0; i < pattern.size();) {
    std::string_view rest = std::string_view(pattern).substr(i + 1);
    uint64_t n = 0;
    if (pattern[i] == '#' && take_number(rest, n) && n > 0 && n <= words.size()) {
      out += words[n - 1];
      i = pattern.size() - rest.size();
    } else {
      out += pattern[i++];
    }
  }
  return out;
}

}  // namespace nacre::curl
