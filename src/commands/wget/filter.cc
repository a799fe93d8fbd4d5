#include "commands/wget/filter.h"

#include <algorithm>

#include "algo/glob.h"
#include "algo/unicode.h"

namespace nacre {
namespace {

bool same_text(std::string_view a, std::string_view b, bool fold) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return fold ? ascii_lower(x) == ascii_lower(y) : x == y; });
}
bool is_wild(std::string_view s) { return s.find_first_of("*?[]") != s.npos; }

// `dir` is `above` or lies in it.
bool is_below(std::string_view dir, std::string_view above, bool fold) {
  if (above.empty()) return true;
  return dir.size() >= above.size() && same_text(dir.substr(0, above.size()), above, fold) && (dir.size() == above.size() || dir[above.size()] == '/');
}

bool looks_like_page(std::string_view file) {
  const size_t dot = file.rfind('.');
  if (dot == file.npos) return false;
  const std::string_view ending = file.substr(dot + 1);
  return same_text(ending, "html", true) || same_text(ending, "htm", true) || (ending.size() == 5 && same_text(ending.substr(1), "html", true));
}

}  // namespace

RobotRules::RobotRules(std::string_view text) {
  // Groups of agents; one that names us counts instead of those for all.
  bool ours = false, exact = false, in_agents = false;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("\r\n"), text.size());
    std::string_view line = text.substr(0, std::min(text.find('#'), end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const size_t colon = line.find(':');
    if (colon == line.npos) continue;
    std::string_view name = line.substr(0, colon), value = line.substr(colon + 1);
    for (std::string_view* s : {&name, &value}) {
      while (!s->empty() && ascii_space(s->front())) s->remove_prefix(1);
      while (!s->empty() && ascii_space(s->back())) s->remove_suffix(1);
    }
    if (same_text(name, "user-agent", true)) {
      if (!in_agents) ours = false;
      in_agents = true;
      const bool us = value.size() >= 4 && same_text(value.substr(0, 4), "wget", true);
      if (us && !exact) {
        exact = true;
        rules_.clear();
      }
      ours = ours || us || (value == "*" && !exact);
      continue;
    }
    in_agents = false;
    const bool allow = same_text(name, "allow", true);
    if (!ours || (!allow && !same_text(name, "disallow", true))) continue;
    if (value.empty()) continue;   // Disallow nothing
    if (value.starts_with('/')) value.remove_prefix(1);
    rules_.push_back({url_decoded(value), allow});
  }
}

bool RobotRules::allows(std::string_view path) const {
  const std::string plain = url_decoded(path);
  for (const auto& rule : rules_)
    if (plain.starts_with(rule.path)) return rule.allow;
  return true;
}

std::optional<std::string> WgetFilter::prepare() {
  const uint32_t flags = o_.pcre ? kRegexPerl : kRegexExtended;
  for (auto [text, regex] : {std::pair{&o_.accept_regex, &accept_}, {&o_.reject_regex, &reject_}}) {
    if (text->empty()) continue;
    std::string why;
    *regex = Regex::compile(*text, flags, &why);
    if (!*regex) return "Invalid regular expression ‘" + *text + "’, " + why;
  }
  return std::nullopt;
}

bool WgetFilter::in_list(const std::vector<std::string>& list, std::string_view name) const {
  for (const auto& pattern : list) {
    if (is_wild(pattern)) {
      if (Glob::compile(pattern, o_.ignore_case ? uint32_t{kGlobFoldCase} : 0u).match(name)) return true;
    } else if (name.size() >= pattern.size() && same_text(name.substr(name.size() - pattern.size()), pattern, o_.ignore_case)) {
      return true;
    }
  }
  return false;
}

bool WgetFilter::accepts_name(std::string_view name) const {
  name.remove_prefix(name.rfind('/') == name.npos ? 0 : name.rfind('/') + 1);
  if (!o_.accept.empty() && !in_list(o_.accept, name)) return false;
  return o_.reject.empty() || !in_list(o_.reject, name);
}

bool WgetFilter::accepts_directory(std::string_view dir) const {
  auto listed = [&](const std::vector<std::string>& list) {
    return std::any_of(list.begin(), list.end(), [&](std::string_view pattern) {
      while (pattern.starts_with('/')) pattern.remove_prefix(1);
      while (pattern.ends_with('/')) pattern.remove_suffix(1);
      const uint32_t fold = o_.ignore_case ? uint32_t{kGlobFoldCase} : 0u;
      return is_wild(pattern) ? Glob::compile(pattern, kGlobPathname | fold).match(dir) : is_below(dir, pattern, o_.ignore_case);
    });
  };
  return (o_.include.empty() || listed(o_.include)) && (o_.exclude.empty() || !listed(o_.exclude));
}

bool WgetFilter::accepts_domain(std::string_view host) const {
  auto listed = [&](const std::vector<std::string>& list) {
    return std::any_of(list.begin(), list.end(), [&](std::string_view domain) {
      if (domain.size() > host.size() || !same_text(host.substr(host.size() - domain.size()), domain, true)) return false;
      return domain.size() == host.size() || domain.starts_with('.') || host[host.size() - domain.size() - 1] == '.';
    });
  };
  return (o_.domains.empty() || listed(o_.domains)) && (o_.no_domains.empty() || !listed(o_.no_domains));
}

bool WgetFilter::wants_tag(std::string_view tag) const {
  auto listed = [&](const std::vector<std::string>& list) {
    return std::any_of(list.begin(), list.end(), [&](const auto& t) { return same_text(t, tag, true); });
  };
  if (tag == "style") return true;
  return (o_.follow_tags.empty() || listed(o_.follow_tags)) && !listed(o_.ignore_tags);
}

bool WgetFilter::follows(const PageLink& link, const std::string& parent, const std::string& start, bool last) const {
  const UrlPlace to = place_of_url(link.url), from = place_of_url(parent), first = place_of_url(start);
  if (to.scheme != "http" && to.scheme != "https") return false;
  if (o_.https_only && to.scheme != "https") return false;
  if (o_.only_relative && (!link.relative || link.text.starts_with('/'))) return false;
  if (!accepts_domain(to.host)) return false;
  const bool same_site = to.host == first.host && (to.scheme != first.scheme || to.port == first.port);
  if (o_.no_parent && same_site && !(o_.requisites && link.inlined) && !is_below(to.dir, first.dir, false)) return false;
  if (!accepts_directory(url_decoded(to.dir))) return false;
  if (accept_ && !accept_->matches(link.url)) return false;
  if (reject_ && reject_->matches(link.url)) return false;
  // A page is needed for what it links to, though it will not be kept.
  if (!to.file.empty() && !(looks_like_page(to.file) && (!last || o_.requisites)) && !accepts_name(url_decoded(to.file))) return false;
  return o_.span || to.host == from.host;
}

}  // namespace nacre
