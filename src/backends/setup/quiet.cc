// Opens TensorFlow's C library with stderr closed to it: while it starts it logs a notice that no environment variable
// turns off. HEED_LIBRARY is the file's path, as a C string.
#include <dlfcn.h>
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

extern "C" __attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env, napi_value exports) {
  const int errors = dup(STDERR_FILENO);
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (errors >= 0 && nowhere >= 0) dup2(nowhere, STDERR_FILENO);
  dlopen(HEED_LIBRARY, RTLD_LAZY | RTLD_LOCAL);  // the addon finds it open; if this fails, loading the addon says why
  if (errors >= 0) {
    dup2(errors, STDERR_FILENO);
    close(errors);
  }
  if (nowhere >= 0) close(nowhere);
  return exports;
}
