"""What Redis does in one step for `attendance_redis`: Lua, so that two processes never see half a change.

Keys: ``chatsrv:live`` the processes by their last beat, ``chatsrv:here:<process>`` the people at a process,
``chatsrv:at:<person>`` the processes that a person is at, ``chatsrv:swept:<process>`` a note for one that was taken for
dead. ``ARGV[1]`` is the process that asks. Times are Redis' own milliseconds: no two clocks are compared.
A process that is not known is answered -1 and nothing is written for it, or nobody would ever remove that again.
"""

_KNOWN = """
if not redis.call('ZSCORE', 'chatsrv:live', ARGV[1]) then return -1 end
"""

ARRIVE = f"""{_KNOWN}
redis.call('SADD', 'chatsrv:here:' .. ARGV[1], ARGV[2])
redis.call('SADD', 'chatsrv:at:' .. ARGV[2], ARGV[1])
return redis.call('SCARD', 'chatsrv:at:' .. ARGV[2]) == 1 and 1 or 0
"""
"""Whether the person is now here and nowhere else."""

DEPART = f"""{_KNOWN}
redis.call('SREM', 'chatsrv:here:' .. ARGV[1], ARGV[2])
redis.call('SREM', 'chatsrv:at:' .. ARGV[2], ARGV[1])
return redis.call('EXISTS', 'chatsrv:at:' .. ARGV[2]) == 0 and 1 or 0
"""
"""Whether the person is now nowhere."""

ONLINE = """
local found = {}
for place = 2, #ARGV do
    if redis.call('EXISTS', 'chatsrv:at:' .. ARGV[place]) == 1 then found[#found + 1] = ARGV[place] end
end
return found
"""
"""Who of these is somewhere."""

HERE = """
return redis.call('SMEMBERS', 'chatsrv:here:' .. ARGV[1])
"""
"""Who is written down for the process."""

REGISTER = f"""{_KNOWN}
for place = 2, #ARGV do
    redis.call('SADD', 'chatsrv:here:' .. ARGV[1], ARGV[place])
    redis.call('SADD', 'chatsrv:at:' .. ARGV[place], ARGV[1])
end
return 0
"""

UNREGISTER = """
for place = 2, #ARGV do
    redis.call('SREM', 'chatsrv:here:' .. ARGV[1], ARGV[place])
    redis.call('SREM', 'chatsrv:at:' .. ARGV[place], ARGV[1])
end
return 0
"""

LEAVE = """
for _, person in ipairs(redis.call('SMEMBERS', 'chatsrv:here:' .. ARGV[1])) do
    redis.call('SREM', 'chatsrv:at:' .. person, ARGV[1])
end
redis.call('DEL', 'chatsrv:here:' .. ARGV[1], 'chatsrv:swept:' .. ARGV[1])
return redis.call('ZREM', 'chatsrv:live', ARGV[1])
"""

BEAT = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('ZSCORE', 'chatsrv:live', ARGV[1]) and 1 or 0
redis.call('ZADD', 'chatsrv:live', now, ARGV[1])
local answer = {known, redis.call('DEL', 'chatsrv:swept:' .. ARGV[1]), 0, 0}
local limit = string.format('(%d', now - ARGV[2])
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', 'chatsrv:live', '-inf', limit, 'LIMIT', 0, 8)) do
    local here = 'chatsrv:here:' .. dead
    redis.call('SET', 'chatsrv:swept:' .. dead, 1, 'EX', 86400)
    for _, person in ipairs(redis.call('SPOP', here, 1000)) do
        local at = 'chatsrv:at:' .. person
        if redis.call('SREM', at, dead) == 1 and redis.call('EXISTS', at) == 0 then answer[#answer + 1] = person end
    end
    if redis.call('EXISTS', here) == 1 then
        answer[4] = 1
    else
        redis.call('ZREM', 'chatsrv:live', dead)
        answer[3] = answer[3] + 1
    end
end
return answer
"""
"""Whether the process was known, and was swept; how many it found dead, whether more of them is left, and who of their
people is nowhere now. A thousand people of a dead process at once, so that Redis never works long in one go; it may
beat again before that is over, and has to know that some of them are forgotten."""
