// An agent's change, reviewed and taken back: a custom command, streaming
// output, the diff of a run, snapshot and rollback.
#include <cstdio>
#include <string>

#include "nacre/sandbox.h"

int main() {
  nacre::Config config;
  config.files.push_back({"/workspace/config.ini", "mode=slow\n", 0644, {}});
  config.commands.push_back({"ask", [](nacre::CommandContext& c) {
                               c.write("the answer to " + c.args().at(1) + " is 42\n");
                               return 0;
                             }});
  auto sandbox = nacre::Sandbox::create(config);
  if (!sandbox) return 1;
  auto before = (*sandbox)->snapshot();

  nacre::ExecOptions options;
  std::string seen;
  options.on_output = [&](nacre::Stream, std::string_view text) { seen += text; };
  nacre::ExecResult r = (*sandbox)->exec("cd /workspace; echo mode=fast > config.ini; ask everything | tee answer; rm -f missing", options);
  std::printf("%s", seen.c_str());
  for (const std::string& path : r.diff.modified) std::printf("modified %s\n", path.c_str());
  for (const std::string& path : r.diff.created) std::printf("created %s\n", path.c_str());

  (*sandbox)->restore(*before);
  auto text = (*sandbox)->fs().read("/workspace/config.ini");
  std::printf("after rollback: %s", text ? text->c_str() : "?\n");
  return text && *text == "mode=slow\n" && !r.diff.modified.empty() && r.diff.created.size() == 1 ? 0 : 1;
}
