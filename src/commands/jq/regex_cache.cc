/// Matches of regular expressions, and the natives over them.
#include "commands/jq/regex_cache.h"

#include "commands/jq/interp.h"

namespace nacre::jq {
namespace {

constexpr size_t kMaxCached = 200;

bool parse_flags(Interp& interp, const Value& flags, uint32_t& options, bool& global) {
  if (flags.is_null()) return true;
  if (!flags.is_string()) {
    interp.fail_about(flags, "is not a string");
    return false;
  }
  for (char c : flags.str()) {
    switch (c) {
      case 'g': global = true; break;
      case 'i': options |= kOnigIgnoreCase; break;
      case 'x': options |= kOnigExtended; break;
      case 's': options |= kOnigSingleLine; break;
      case 'p': options |= kOnigDotAll | kOnigSingleLine; break;
      case 'l': options |= kOnigLongest; break;
      case 'n': options |= kOnigNotEmpty; break;
      default: interp.fail(std::string(flags.str()) + " is not a valid modifier string"); return false;
    }
  }
  return true;
}

const Value kOffset = Value::string("offset"), kLength = Value::string("length"), kString = Value::string("string"), kCaptures = Value::string("captures"),
            kName = Value::string("name");

}  // namespace

Value RegexMatch::object(std::string_view text, size_t& known_byte, size_t& known_point) const {
  auto point = [&](size_t byte) {
    if (byte < known_byte) return codepoints(text.substr(0, byte));
    known_point += codepoints(text.substr(known_byte, byte - known_byte));
    known_byte = byte;
    return known_point;
  };
  auto span = [&](size_t from, size_t to) {
    Value o = Value::object();
    std::string_view s = text.substr(from, to - from);
    o.set(kOffset, Value::number(static_cast<double>(point(from))));
    o.set(kLength, Value::number(static_cast<double>(codepoints(s))));
    o.set(kString, Value::string(s));
    return o;
  };
  Value out = span(begin, end), captures = Value::array(groups.size());
  for (size_t i = 0; i < groups.size(); i++) {
    const OnigSpan& g = groups[i];
    Value c = Value::object();
    if (g.begin < 0) {
      c.set(kOffset, Value::number(-1));
      c.set(kString, Value::null());
      c.set(kLength, Value::number(0));
    } else {
      c = span(static_cast<size_t>(g.begin), static_cast<size_t>(g.end));
    }
    const std::string& name = regex->name(static_cast<int>(i) + 1);
    c.set(kName, name.empty() ? Value::null() : Value::string(name));
    captures.push(std::move(c));
  }
  out.set(kCaptures, std::move(captures));
  return out;
}

Value RegexMatch::named(std::string_view text) const {
  Value out = Value::object();
  for (size_t i = 0; i < groups.size(); i++) {
    const std::string& name = regex->name(static_cast<int>(i) + 1);
    if (name.empty()) continue;
    const OnigSpan& g = groups[i];
    out.set(Value::string(name), g.begin < 0 ? Value::null() : Value::string(text.substr(static_cast<size_t>(g.begin), static_cast<size_t>(g.end - g.begin))));
  }
  return out;
}

bool RegexCache::find(Interp& interp, const Value& input, const Value& given, const Value& given_flags, std::vector<RegexMatch>& out, bool test) {
  Value pattern = given, flags = given_flags;
  if (pattern.is_array()) {   // ["re", "flags"]
    flags = pattern.size() > 1 ? pattern.at(1) : Value::null();
    pattern = pattern.size() > 0 ? Value(pattern.at(0)) : Value::null();
  }
  if (!input.is_string()) {
    interp.fail_about(input, "cannot be matched, as it is not a string");
    return false;
  }
  if (!pattern.is_string()) {
    interp.fail_about(pattern, "is not a string");
    return false;
  }
  uint32_t options = 0;
  bool global = false;
  if (!parse_flags(interp, flags, options, global)) return false;
  std::string key = std::to_string(options) + ":" + std::string(pattern.str()), error;
  auto found = compiled_.find(key);
  if (found == compiled_.end()) {
    auto regex = OnigRegex::compile(pattern.str(), options, &error);
    if (!regex) {
      interp.fail("Regex failure: " + error);
      return false;
    }
    if (compiled_.size() >= kMaxCached) compiled_.clear();
    found = compiled_.emplace(key, std::move(regex)).first;
  }
  const OnigRegex& regex = *found->second;
  std::string_view text = input.str();
  std::vector<OnigSpan> spans;
  for (size_t start = 0; start <= text.size();) {
    interp.process().tick(16);
    auto result = regex.search(text, start, spans, &error);
    if (result == OnigRegex::Result::Error) {
      interp.fail("Regex failure: " + error);
      return false;
    }
    if (result == OnigRegex::Result::None) break;
    size_t from = static_cast<size_t>(spans[0].begin), to = static_cast<size_t>(spans[0].end);
    out.push_back({from, to, {spans.begin() + 1, spans.end()}, &regex});
    if (!global || test) break;
    start = to;
    if (from == to) {   // on by one character
      start++;
      while (start < text.size() && (text[start] & 0xc0) == 0x80) start++;
    }
  }
  return true;
}

}  // namespace nacre::jq
