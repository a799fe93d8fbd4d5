// diff and patch: two texts, of which the first byte says where one ends and how diff writes. What diff
// writes makes the second of the first, by patch or by ed, and the first of the second by patch -R.
#include <array>

#include "driver.h"

FUZZ_TARGET(text) {
  constexpr std::array kStyles = {"-u", "-c", "", "-U0", "-U1", "-C1", "-e", "--minimal -U2"};
  const unsigned how = nacre::fuzz::take_byte(text);
  const size_t cut = text.find('\0');
  std::string_view first = text.substr(0, cut), second = cut == text.npos ? text.substr(text.size() / 2) : text.substr(cut + 1);
  if (second.empty()) return;
  // An ed script cannot say that the last newline is missing.
  const bool script = how % kStyles.size() == 6;
  if (script && (!first.ends_with('\n') || !second.ends_with('\n'))) return;
  nacre::fuzz::run_script("diff -a " + std::string(kStyles[how % kStyles.size()]) +
                              " in second > p; (( $? > 1 )) && exit; [[ -s p ]] || exit; cp in f; patch -s -f f < p; cmp f second || : > broken; " +
                              (script ? "" : "cp second f; patch -s -f -R f < p; cmp f in || : > broken; ") +
                              "diff3 -m in second text; sdiff -w 30 in second; diff -y -W 20 -bB in second; diff -iwE --color=always in second",
                          first, second);
}
