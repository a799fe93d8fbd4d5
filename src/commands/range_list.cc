#include "commands/range_list.h"

#include <algorithm>

#include "commands/args.h"
#include "commands/quoting.h"

namespace nacre {
namespace {

class RangeListParser {
 public:
  RangeListParser(Process& p, bool fields, bool all) : p_(p), fields_(fields), all_(all) {}

  bool parse(std::string_view text, bool complement, std::vector<ListRange>& out) {
    text_ = text;
    for (size_t at = 0; at <= text.size();) {
      size_t end = text.find_first_of(", \t", at);
      if (end == std::string_view::npos) end = text.size();
      if (!range(text.substr(at, end - at), out)) return false;
      at = end + 1;
    }
    std::sort(out.begin(), out.end());
    merge(out);
    if (complement) invert(out);
    return true;
  }

 private:
  bool fail(const std::string& message) {
    p_.warn("%s", message.c_str());
    try_help(p_);
    return false;
  }

  // The list from the first character of `s` that is no digit.
  std::string_view rest_from(std::string_view s) const {
    return text_.substr(static_cast<size_t>(s.data() - text_.data()) + std::min(s.find_first_not_of("0123456789"), s.size()));
  }

  bool number(std::string_view s, uint64_t& n) {
    auto v = parse_int(s);
    if (v && *v >= 0 && s[0] != '+' && s[0] != '-') {
      n = static_cast<uint64_t>(*v);
      return true;
    }
    if (!s.empty() && s.find_first_not_of("0123456789") == std::string_view::npos)
      return fail((fields_ ? "field number " : "byte/character offset ") + quote(p_, s) + " is too large");
    return fail(std::string("invalid ") + (fields_ ? "field value " : "byte/character position ") + quote(p_, rest_from(s)));
  }

  bool range(std::string_view s, std::vector<ListRange>& out) {
    const char* from_one = fields_ ? "fields are numbered from 1" : "byte/character positions are numbered from 1";
    size_t dash = s.find('-');
    ListRange r{1, UINT64_MAX};
    if (dash == std::string_view::npos) {
      if (s.empty()) return fail(from_one);
      if (!number(s, r.low)) return false;
      r.high = r.low;
    } else {
      if (s.size() == 1 && !all_) return fail("invalid range with no endpoint: -");
      if (s.find('-', dash + 1) != std::string_view::npos) return fail(fields_ ? "invalid field range" : "invalid byte or character range");
      if (dash > 0 && !number(s.substr(0, dash), r.low)) return false;
      if (dash + 1 < s.size() && !number(s.substr(dash + 1), r.high)) return false;
      if (r.high < r.low && r.low != 0) return fail("invalid decreasing range");
    }
    if (r.low == 0) return fail(from_one);
    out.push_back(r);
    return true;
  }

  static void merge(std::vector<ListRange>& v) {
    std::vector<ListRange> out;
    for (const auto& r : v) {
      // Ranges that only touch stay apart: an output delimiter goes between them.
      if (!out.empty() && r.low <= out.back().high) out.back().high = std::max(out.back().high, r.high);
      else out.push_back(r);
    }
    v = out;
  }

  static void invert(std::vector<ListRange>& v) {
    std::vector<ListRange> out;
    uint64_t next = 1;
    for (const auto& r : v) {
      if (r.low > next) out.push_back({next, r.low - 1});
      next = r.high == UINT64_MAX ? UINT64_MAX : r.high + 1;
    }
    if (next != UINT64_MAX) out.push_back({next, UINT64_MAX});
    v = out;
  }

  Process& p_;
  bool fields_, all_;
  std::string_view text_;
};

}  // namespace

bool parse_range_list(Process& p, std::string_view text, RangeListStyle style, std::vector<ListRange>& out) {
  return RangeListParser(p, style.fields, style.dash_is_all).parse(text, style.complement, out);
}

}  // namespace nacre
