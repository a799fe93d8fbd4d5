// The smallest embedding: one sandbox, two runs that share state.
#include <cstdio>

#include "nacre/sandbox.h"

int main() {
  auto sandbox = nacre::Sandbox::create({});
  if (!sandbox) {
    std::fprintf(stderr, "%s\n", sandbox.error().message.c_str());
    return 1;
  }
  (*sandbox)->exec("greeting=hello; mkdir -p notes; echo first > notes/a");
  nacre::ExecResult r = (*sandbox)->exec("echo \"$greeting\" | tr a-z A-Z; cat notes/a; exit 3");
  std::printf("%sexit code %d\n", r.out.c_str(), r.exit_code);
  return r.out == "HELLO\nfirst\n" && r.exit_code == 3 ? 0 : 1;
}
