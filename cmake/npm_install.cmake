# Run by cmake -DFROM=folder -DTO=folder -P: puts what FROM/package-lock.json pins into TO/node_modules, unless it is there
# already. No script of a package runs. Several may ask at once for the same folder.
cmake_minimum_required(VERSION 3.25)
file(SHA256 ${FROM}/package-lock.json lock_hash)
file(MAKE_DIRECTORY ${TO})
file(LOCK ${TO} DIRECTORY TIMEOUT 600)
if(NOT EXISTS ${TO}/${lock_hash})
  file(COPY ${FROM}/package.json ${FROM}/package-lock.json DESTINATION ${TO})
  execute_process(COMMAND npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    WORKING_DIRECTORY ${TO} COMMAND_ERROR_IS_FATAL ANY)
  file(TOUCH ${TO}/${lock_hash})
endif()
