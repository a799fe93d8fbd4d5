#include "algo/onig.h"

#include <oniguruma.h>

#include "base/library.h"

namespace nacre {
namespace {

constexpr unsigned kParseDepth = 200;             // the parser recurses on the caller's stack
constexpr unsigned long kRetries = 2'000'000;     // within one match: some tenths of a second

const OnigUChar* bytes(const char* s) { return reinterpret_cast<const OnigUChar*>(s); }

// The library's functions, found when the first pattern is compiled.
struct Library {
  decltype(&::onig_new) make = nullptr;
  decltype(&::onig_free) free = nullptr;
  decltype(&::onig_search) search = nullptr;
  decltype(&::onig_region_new) region_new = nullptr;
  decltype(&::onig_region_free) region_free = nullptr;
  decltype(&::onig_number_of_captures) captures = nullptr;
  decltype(&::onig_foreach_name) foreach_name = nullptr;
  decltype(&::onig_error_code_to_str) error_text = nullptr;
  OnigEncodingType* utf8 = nullptr;
  OnigSyntaxType* perl = nullptr;
  bool good = false;

  Library() {
    decltype(&::onig_initialize) start = nullptr;
    decltype(&::onig_set_parse_depth_limit) parse_depth = nullptr;
    decltype(&::onig_set_retry_limit_in_match) retries = nullptr;
    decltype(&::onig_set_retry_limit_in_search) search_retries = nullptr;
    decltype(&::onig_set_match_stack_limit_size) stack = nullptr;
    good = get(make, "onig_new") && get(free, "onig_free") && get(search, "onig_search") && get(region_new, "onig_region_new") &&
           get(region_free, "onig_region_free") && get(captures, "onig_number_of_captures") && get(foreach_name, "onig_foreach_name") &&
           get(error_text, "onig_error_code_to_str") && get(utf8, "OnigEncodingUTF8") && get(perl, "OnigSyntaxPerl_NG") && get(start, "onig_initialize") &&
           get(parse_depth, "onig_set_parse_depth_limit") && get(retries, "onig_set_retry_limit_in_match") &&
           get(search_retries, "onig_set_retry_limit_in_search") && get(stack, "onig_set_match_stack_limit_size");
    if (!good) return;
    OnigEncoding encodings[] = {utf8};
    start(encodings, 1);
    parse_depth(kParseDepth);
    retries(kRetries);
    search_retries(kRetries);
    stack(1'000'000);
  }
  template <class T>
  static bool get(T*& to, const char* name) {
    to = library_symbol ? reinterpret_cast<T*>(library_symbol("libonig.so.5", name)) : nullptr;
    return to != nullptr;
  }
};

const Library& library() {
  static const Library l;
  return l;
}

std::string error_text(int code, OnigErrorInfo* info) {
  OnigUChar text[ONIG_MAX_ERROR_MESSAGE_LEN];
  int n = info ? library().error_text(text, code, info) : library().error_text(text, code);
  return std::string(reinterpret_cast<char*>(text), static_cast<size_t>(n > 0 ? n : 0));
}

}  // namespace

std::unique_ptr<OnigRegex> OnigRegex::compile(std::string_view pattern, uint32_t flags, std::string* error) {
  const Library& lib = library();
  if (!lib.good) {
    *error = "libonig.so.5 cannot be loaded";
    return nullptr;
  }
  uint32_t options = ONIG_OPTION_CAPTURE_GROUP;
  if (flags & kOnigIgnoreCase) options |= ONIG_OPTION_IGNORECASE;
  if (flags & kOnigExtended) options |= ONIG_OPTION_EXTEND;
  if (flags & kOnigSingleLine) options |= ONIG_OPTION_SINGLELINE;
  if (flags & kOnigDotAll) options |= ONIG_OPTION_MULTILINE;
  if (flags & kOnigLongest) options |= ONIG_OPTION_FIND_LONGEST;
  if (flags & kOnigNotEmpty) options |= ONIG_OPTION_FIND_NOT_EMPTY;
  std::unique_ptr<OnigRegex> out(new OnigRegex());
  regex_t* regex = nullptr;
  OnigErrorInfo info;
  int code = lib.make(&regex, bytes(pattern.data()), bytes(pattern.data() + pattern.size()), options, lib.utf8, lib.perl, &info);
  if (code != ONIG_NORMAL) {
    *error = error_text(code, &info);
    return nullptr;
  }
  out->regex_ = regex;
  out->region_ = lib.region_new();
  out->names_.resize(static_cast<size_t>(lib.captures(regex)));
  lib.foreach_name(
      regex,
      [](const OnigUChar* from, const OnigUChar* end, int n, int* groups, regex_t*, void* names) {
        for (int i = 0; i < n; i++) (*static_cast<std::vector<std::string>*>(names))[static_cast<size_t>(groups[i] - 1)].assign(from, end);
        return 0;
      },
      &out->names_);
  return out;
}

OnigRegex::~OnigRegex() {
  if (region_) library().region_free(static_cast<OnigRegion*>(region_), 1);
  if (regex_) library().free(static_cast<regex_t*>(regex_));
}

OnigRegex::Result OnigRegex::search(std::string_view text, size_t start, std::vector<OnigSpan>& spans, std::string* error) const {
  auto* region = static_cast<OnigRegion*>(region_);
  const OnigUChar* from = bytes(text.data());
  const OnigUChar* end = from + text.size();
  int at = library().search(static_cast<regex_t*>(regex_), from, end, from + start, end, region, ONIG_OPTION_NONE);
  if (at == ONIG_MISMATCH) return Result::None;
  if (at < 0) {
    *error = error_text(at, nullptr);
    return Result::Error;
  }
  spans.resize(static_cast<size_t>(region->num_regs));
  for (int i = 0; i < region->num_regs; i++) spans[static_cast<size_t>(i)] = {region->beg[i], region->end[i]};
  return Result::Match;
}

}  // namespace nacre
