// Any command or builtin with any options: the first line is its name, each other line an argument; what
// follows a NUL is a file and its input.
#include <algorithm>

#include "driver.h"

namespace {

const std::vector<std::string>& commands() {
  static const auto all = [] {
    auto sandbox = nacre::Sandbox::create(nacre::fuzz::small_config());
    if (!sandbox) __builtin_trap();
    const std::string text = (*sandbox)->exec("{ compgen -b; ls /usr/bin; } | LC_ALL=C sort -u").out;
    std::vector<std::string> names;
    for (std::string_view line : nacre::fuzz::lines(text))
      if (!line.empty()) names.emplace_back(line);
    return names;
  }();
  return all;
}

}  // namespace

FUZZ_TARGET(text) {
  const size_t cut = text.find('\0');
  const std::string_view data = cut == text.npos ? "" : text.substr(cut + 1);
  text = text.substr(0, cut);
  std::string name(text.substr(0, text.find('\n')));
  if (!std::binary_search(commands().begin(), commands().end(), name)) {
    // Another name is one of them all the same.
    size_t n = 0;
    for (char c : name) n = n * 31 + static_cast<unsigned char>(c);
    name = commands()[n % commands().size()];
  }
  const size_t end = std::min(text.find('\n'), text.size());
  nacre::fuzz::run_script("[[ -e second ]] || cp text second; mapfile -t args < in; mkdir d; ln -s text l; \"${args[@]}\" < second",
                          name + std::string(text.substr(end)), data);
}
