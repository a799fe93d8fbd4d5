// [[ text =~ pattern ]] and BASH_REMATCH.
#include "algo/regex.h"
#include "shell/shell.h"

namespace nacre {

bool Shell::cond_regex(const std::string& text, const std::string& pattern, bool* value) {
  uint32_t flags = kRegexExtended;
  if (state_.options[Option::NoCaseMatch]) flags |= kRegexFoldCase;
  if (expander_.utf8()) flags |= kRegexUtf8;
  std::string key = pattern + static_cast<char>(flags);
  if (key != regex_key_ || !regex_) {
    std::string why;
    std::unique_ptr<Regex> compiled = Regex::compile(pattern, flags, &why);
    if (!compiled) {
      cond_status_ = 2;
      return false;
    }
    regex_ = std::move(compiled);
    regex_key_ = std::move(key);
  }
  std::vector<RegexSpan> spans(static_cast<size_t>(regex_->groups()) + 1);
  process_->tick(static_cast<uint32_t>(text.size() / 16));
  *value = regex_->match(text, 0, spans);
  if (const Variable* old = vars().find(sym::kBASH_REMATCH); old && old->has(kReadonly)) return true;
  Variable& v = vars().writable(sym::kBASH_REMATCH);
  v.clear_value();
  v.indexed().clear();
  v.attrs |= kIndexed;
  if (!*value) return true;
  for (size_t i = 0; i < spans.size(); i++) {
    v.indexed().at(static_cast<int64_t>(i)) = spans[i].matched() ? text.substr(spans[i].begin, spans[i].size()) : std::string();
  }
  return true;
}

}  // namespace nacre
