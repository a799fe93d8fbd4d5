#include "expand/fields.h"

#include <array>

#include "algo/glob.h"
#include "base/grow.h"
#include "base/utf8.h"

namespace nacre {
namespace {

constexpr std::string_view kPatternChars = "*?[]\\()|!+@-^&";

void escape(std::string& out, std::string_view s, std::string_view special) {
  for (char c : s) {
    if (special.find(c) != special.npos) out += '\\';
    out += c;
  }
}

using Bytes = std::array<bool, 256>;
constexpr Bytes bytes_of(std::string_view members) {
  Bytes t{};
  for (char c : members) t[static_cast<unsigned char>(c)] = true;
  return t;
}
constexpr Bytes kSplitOrGlob = bytes_of(" \t\n*?[("), kPattern = bytes_of(kPatternChars);

bool holds_any(const Bytes& bytes, std::string_view s) {
  for (char c : s) {
    if (bytes[static_cast<unsigned char>(c)]) return true;
  }
  return false;
}

}  // namespace

bool Expander::Fields::is_plain(std::string_view s) {
  constexpr size_t kShort = 64;   // longer ones are charged for, below
  return s.size() <= kShort && !holds_any(kSplitOrGlob, s);
}

void Expander::Fields::append_quoted(std::string_view s) {
  constexpr size_t kPiece = 64 << 10;
  if (s.size() >= 4096) {
    // A cancel must not wait for megabytes to be copied.
    // What follows a long value is short, mostly: not to be a reason to move it.
    make_room(text, s.size() + 128, [&] { expander->host_.tick(64); });
    for (; s.size() > kPiece; s.remove_prefix(kPiece)) append_piece(s.substr(0, kPiece));
  }
  append_piece(s);
}

void Expander::Fields::append_piece(std::string_view s) {
  if (s.size() >= 4096) expander->host_.tick(static_cast<uint32_t>(s.size() / 128));
  started = true;
  after_space = false;
  switch (mode) {
    case Mode::String: text += s; return;
    case Mode::Pattern: escape(text, s, kPatternChars); return;
    case Mode::Regex: escape(text, s, "\\[](){}.*+?^$|"); return;
    case Mode::Replacement: escape(text, s, "\\&"); return;
    case Mode::Split:
      if (holds_any(kPattern, s)) quoted.emplace_back(text.size(), text.size() + s.size());
      text += s;
  }
}

void Expander::Fields::append_unquoted(std::string_view s, bool glob) {
  if (s.empty()) return;
  if (split_literals && mode == Mode::Split) return append_split(s);
  started = true;
  after_space = false;
  has_glob |= glob;
  text += s;
}

void Expander::Fields::append_split(std::string_view s) {
  if (mode != Mode::Split) {
    if (!s.empty()) started = true;
    make_room(text, s.size(), [&] { expander->host_.tick(64); });
    append_slices(text, s, [&] { expander->host_.tick(64); });
    return;
  }
  if (whole || (expander->ifs_default_ && is_plain(s))) {
    if (s.empty()) return;
    has_glob |= whole && s.find_first_of("*?[(") != s.npos;
    started = true;
    after_space = false;
    text += s;
    return;
  }
  const std::string& ifs = expander->ifs_;
  auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\n'; };
  size_t i = 0, charged = 0;
  while (i < s.size()) {
    if (i - charged >= 1024) {
      expander->host_.tick(static_cast<uint32_t>((i - charged) / 16));
      charged = i;
    }
    size_t end = i, width = 1;
    if (expander->ifs_wide_) {
      // A separator of several bytes: characters are compared whole.
      while (end < s.size()) {
        width = utf8::decode(s.substr(end)).length;
        if (ifs.find(s.substr(end, width)) != ifs.npos) break;
        end += width;
      }
    } else if (expander->ifs_default_) {
      while (end < s.size() && !is_space(s[end])) end++;
    } else {
      end = ifs.empty() ? s.npos : s.find_first_of(ifs, i);
      if (end == s.npos) end = s.size();
    }
    if (end > i) {
      std::string_view run = s.substr(i, end - i);
      started = true;
      after_space = false;
      if (!has_glob && run.find_first_of("*?[(") != run.npos) has_glob = true;
      text += run;
      i = end;
      continue;
    }
    if (is_space(s[i])) {
      if (started) {
        end_field();
        after_space = true;
      }
    } else if (after_space) {
      after_space = false;   // the rest of the delimiter that white space began
    } else {
      started = true;        // "::" holds an empty field
      end_field();
    }
    i += width;
  }
}

void Expander::Fields::end_field() {
  if (started) expander->finish_field(*this, out);
  text.clear();
  quoted.clear();
  started = has_glob = false;
}

/// Quote removal has happened by construction; what is left is globbing.
void Expander::finish_field(Fields& f, std::vector<std::string>* out) {
  if (!f.has_glob || options_[Option::NoGlob]) {
    make_room(*out, [&] { host_.tick(64); });
    out->push_back(std::move(f.text));
    return;
  }
  std::string pattern;
  size_t at = 0;
  for (auto [begin, end] : f.quoted) {
    pattern.append(f.text, at, begin - at);
    escape(pattern, std::string_view(f.text).substr(begin, end - begin), kPatternChars);
    at = end;
  }
  pattern.append(f.text, at);
  if (!glob_has_magic(pattern, options_[Option::ExtGlob])) {
    out->push_back(std::move(f.text));
    return;
  }
  std::vector<std::string> matches = glob(pattern);
  if (!matches.empty()) {
    for (std::string& m : matches) out->push_back(std::move(m));
    return;
  }
  if (options_[Option::FailGlob]) {
    report(Failure::Discard, "no match: " + f.text);
    return;
  }
  if (!options_[Option::NullGlob]) out->push_back(std::move(f.text));
}

}  // namespace nacre
