#include "algo/glob_path.h"

#include <algorithm>
#include <vector>

#include "algo/glob.h"

namespace nacre {

bool glob_match_path(std::string_view pattern, std::string_view name, uint32_t flags) {
  // starts[i]: what came before in the pattern can end before name[i].
  std::vector<bool> starts(name.size() + 1);
  starts[0] = true;
  for (bool first = true;; first = false) {
    const size_t stars = pattern.find("**");
    const Glob part = Glob::compile(pattern.substr(0, stars), flags | kGlobPathname);
    std::vector<bool> ends(name.size() + 1);
    for (size_t i = 0; i <= name.size(); i++) {
      if (!first && i > 0 && starts[i - 1]) starts[i] = true;   // what ** takes
      if (!starts[i]) continue;
      for (size_t k = stars == pattern.npos ? name.size() : i; k <= name.size(); k++)
        if (!ends[k] && part.match(name.substr(i, k - i))) ends[k] = true;
    }
    if (stars == pattern.npos) return ends[name.size()];
    starts = std::move(ends);
    pattern.remove_prefix(std::min(pattern.find_first_not_of('*', stars), pattern.size()));
  }
}

}  // namespace nacre
