/// filter: which of the links of a page are followed.
/// Source: wget(1) 1.21, "Recursive Accept/Reject Options"; RFC 9309 (robots.txt).
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "algo/regex.h"
#include "commands/wget/local_name.h"
#include "commands/wget/page_links.h"

namespace nacre {

/// What a robots.txt says to us.
class RobotRules {
 public:
  explicit RobotRules(std::string_view text);
  bool allows(std::string_view path) const;

 private:
  struct Rule {
    std::string path;
    bool allow;
  };
  std::vector<Rule> rules_;
};

class WgetFilter {
 public:
  explicit WgetFilter(const WgetOptions& o) : o_(o) {}
  /// Compiles --accept-regex and --reject-regex. A message when one is wrong.
  std::optional<std::string> prepare();
  /// Whether a link of `parent` is to be followed; `last`: nothing that it leads to would be.
  bool follows(const PageLink& link, const std::string& parent, const std::string& start, bool last) const;
  /// -A and -R, by the last part of a name.
  bool accepts_name(std::string_view name) const;
  bool wants_tag(std::string_view tag) const;

 private:
  bool accepts_directory(std::string_view dir) const;
  bool accepts_domain(std::string_view host) const;
  bool in_list(const std::vector<std::string>& list, std::string_view name) const;

  const WgetOptions& o_;
  std::unique_ptr<Regex> accept_, reject_;
};

}  // namespace nacre
