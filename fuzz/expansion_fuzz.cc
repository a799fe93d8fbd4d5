// Expansion, arithmetic and running: any text is a script. Limits keep it short;
// what is looked for is a crash, a hang or a finding of a sanitizer.
#include <cstdint>
#include <string>

#include "nacre/sandbox.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  nacre::Config config;
  config.virtual_clock = true;
  config.seed = 1;
  config.limits.steps = 200'000;
  config.limits.memory_bytes = 64 << 20;
  config.limits.output_bytes = 1 << 20;
  config.limits.nesting = 200;
  config.limits.processes = 32;
  config.limits.file_bytes = 8 << 20;
  config.limits.wall_ms = 60'000;
  auto sandbox = nacre::Sandbox::create(config);
  if (sandbox) {
    (*sandbox)->exec(std::string_view(reinterpret_cast<const char*>(data), size));
    (*sandbox)->exec("echo still here");
  }
  return 0;
}
