// printf: the first line is the format, the others are arguments; both flavours.
#include "algo/printf_format.h"
#include "driver.h"

FUZZ_TARGET(text) {
  nacre::PrintfOptions o;
  o.bash = nacre::fuzz::take_byte(text) & 1;
  o.warn = [](const std::string&) {};
  o.time = [](std::string_view, int64_t) { return std::string("now"); };
  size_t drained = 0;
  o.drain = [&](std::string& out) {
    drained += out.size();
    out.clear();
  };
  auto args = nacre::fuzz::lines(text.substr(0, 400));
  std::string_view format = args[0];
  // A width is a number of bytes to write: large ones are right, but slow.
  for (size_t i = 0, digits = 0; i < text.size(); i++) {
    digits = text[i] >= '0' && text[i] <= '9' ? digits + 1 : 0;
    if (digits > 6) return;
  }
  args.erase(args.begin());
  std::string out;
  (void)nacre::format_printf(out, format, args, o);
}
